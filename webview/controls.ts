/** The only file that knows the toolkit: registers the web components that the page uses. */
import {
  Checkbox,
  provideVSCodeDesignSystem,
  TextArea,
  TextField,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextArea,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/**
 * Connects a control that the toolkit then calls "Text field", "Text area" or by the text that it holds at that
 * moment, every time it is put into the page: it keeps the name that it was given, and without one it has its
 * label's.
 */
function keepingName(control: HTMLElement, connect: () => void): void {
  const name = control.getAttribute('aria-label');
  connect();
  if (name === null) control.removeAttribute('aria-label');
  else control.setAttribute('aria-label', name);
}

class NamedTextField extends TextField {
  override connectedCallback(): void {
    keepingName(this, () => {
      super.connectedCallback();
    });
  }
}

class NamedTextArea extends TextArea {
  override connectedCallback(): void {
    keepingName(this, () => {
      super.connectedCallback();
    });
  }
}

class NamedCheckbox extends Checkbox {
  override connectedCallback(): void {
    keepingName(this, () => {
      super.connectedCallback();
    });
  }
}

export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    NamedCheckbox.compose({ ...vsCodeCheckbox().definition, baseName: 'checkbox' })(),
    NamedTextArea.compose({ ...vsCodeTextArea().definition, baseName: 'text-area' })(),
    NamedTextField.compose({ ...vsCodeTextField().definition, baseName: 'text-field' })(),
  );
}
