/**
 * Does something once what has changed just now is on the page, such as putting the focus there: the page is drawn in
 * the next frame, and the toolkit's controls draw their own insides in the frame after that.
 */
export function afterDraw(work: () => void): void {
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      work();
    });
  });
}

/** Does something once what has changed just now has been seen; at once where nobody sees the page. */
export function onceDrawn(work: () => void): void {
  if (document.hidden) work();
  else {
    requestAnimationFrame(() => {
      // The frame is painted when its turn is over.
      setTimeout(work);
    });
  }
}
