// Packages that come apart from the code that uses them, and the page's bundle, which is built here and in development.

/**
 * For Node: packages are files of their own, `packages/NAME.js` beside the bundle, which are read at first use.
 * @param {readonly string[]} packages
 * @returns {import('esbuild').Plugin}
 */
export function atFirstUse(packages) {
  return apart('at-first-use', packages, (name) => `require('./packages/${name}.js')`);
}

/** Packages that the page's first picture does without: they come with `webview/whole.ts`, once it has been drawn. */
const LATE = ['refa', 're2js', '@observablehq/plot', 'json5'];

/** Where the page finds them. */
const PLACE = `globalThis[Symbol.for('decoding-lab.packages')]`;

/** @type {import('esbuild').Plugin} */
const late = {
  name: 'late',
  setup(build) {
    const namespace = 'late';
    build.onResolve({ filter: /^late-packages$/ }, ({ path }) => ({ path, namespace }));
    build.onLoad({ filter: /.*/, namespace }, () => ({
      contents: `${LATE.map((name, i) => `import * as m${i} from '${name}';`).join('\n')}
        ${PLACE} = { ${LATE.map((name, i) => `'${name}': m${i}`).join(', ')} };`,
      resolveDir: import.meta.dirname,
    }));
    apart('page-packages', LATE, (name) => `${PLACE}?.['${name}']`, namespace).setup(build);
  },
};

/** @type {import('esbuild').BuildOptions} */
const browser = { bundle: true, platform: 'browser', format: 'esm', target: 'es2022' };

/**
 * The script that runs before the page's others have been read, which find it beside them.
 * @type {import('esbuild').BuildOptions}
 */
export const first = { ...browser, entryPoints: { first: 'webview/first.ts' } };

/** @type {import('esbuild').Plugin} */
const firstApart = {
  name: 'first-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/first$/ }, ({ importer }) =>
      importer.endsWith('main.ts') ? { path: './first.js', external: true } : undefined,
    );
  },
};

/** @type {import('esbuild').BuildOptions} */
export const page = {
  ...browser,
  entryPoints: { panel: 'webview/main.ts' },
  splitting: true,
  // The page's HTML names them: `panel.js` begins, `chunk.js` is what it shares with `whole.js`, which comes late.
  chunkNames: '[name]',
  plugins: [late, firstApart],
};

/**
 * Lets packages be found where `where` says, at every use of one of their exports anew.
 * @param {string} namespace
 * @param {readonly string[]} packages
 * @param {(name: string) => string} where an expression for the package's exports
 * @param {string} [except] modules of this namespace have the packages themselves
 * @returns {import('esbuild').Plugin}
 */
function apart(namespace, packages, where, except) {
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^(${packages.join('|')})$`) }, ({ path, importer, namespace: from }) =>
        from === except || /node_modules/.test(importer) ? undefined : { path, namespace },
      );
      onResolve({ filter: /^\.\/packages\//, namespace }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /.*/, namespace }, async ({ path }) => {
        const { default: own = {}, ...named } = await import(path);
        const all = new Set([...Object.keys(own), ...Object.keys(named)]);
        // Whoever imports the package asks for this mark at once, before the package is there.
        all.delete('__esModule');
        const names = JSON.stringify([...all]);
        return {
          contents: `const found = () => ${where(path)};
            for (const name of ${names})
              Object.defineProperty(exports, name, {
                enumerable: true,
                get: () => found()[name] ?? found().default[name],
              });`,
        };
      });
    },
  };
}
