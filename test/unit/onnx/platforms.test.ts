import { expect, it } from 'vitest';
import { PLATFORMS, thisMachine, whyNoRuntime } from '../../../src/onnx/platforms';

const missing = Object.assign(new Error("Cannot find module 'onnxruntime-node'"), {
  code: 'MODULE_NOT_FOUND',
});
const here = { platform: 'linux', arch: 'x64', otherLibc: false };

it('This machine is named as Node and the Marketplace name it', () => {
  const { platform, arch } = thisMachine();
  expect([platform, arch]).toEqual([process.platform, process.arch]);
});

it('A platform that onnxruntime has no library for is named, with those that have one', () => {
  const sentence = whyNoRuntime(missing, { platform: 'darwin', arch: 'x64', otherLibc: false });
  expect(sentence).toMatch(/^GPT-2 cannot be run on macOS x64:/);
  expect(sentence).toContain('macOS with Apple silicon');
});

it('Linux without glibc is no platform of the library’s, though its name is', () => {
  expect(whyNoRuntime(missing, { ...here, otherLibc: true })).toContain('Linux x64 without glibc');
  expect(whyNoRuntime(missing, here)).not.toContain('without glibc');
});

it('A package without the library says which one to install', async () => {
  // Built at run time, as esbuild and vitest would look for the module.
  const name = ['no', 'such', 'package'].join('-');
  const imported: unknown = await import(/* @vite-ignore */ name).catch((error: unknown) => error);
  expect(whyNoRuntime(imported, here)).toContain('brings no onnxruntime');
  for (const target of PLATFORMS) {
    const [platform = '', arch = ''] = target.split('-');
    const sentence = whyNoRuntime(missing, { platform, arch, otherLibc: false });
    expect(sentence).toContain(`install the extension’s package for ${target}`);
  }
});

it('A library that the system refuses is told of in the system’s words', () => {
  const refused = Object.assign(new Error('libstdc++.so.6: cannot open shared object file'), {
    code: 'ERR_DLOPEN_FAILED',
  });
  const sentence = whyNoRuntime(refused, here);
  expect(sentence).toContain('libstdc++.so.6: cannot open shared object file');
  expect(sentence).toContain('glibc 2.28');
});

it('What works all the same is said on every platform', () => {
  const machines = [
    here,
    { ...here, otherLibc: true },
    { platform: 'freebsd', arch: 'x64', otherLibc: false },
  ];
  for (const machine of machines) {
    const sentence = whyNoRuntime(missing, machine);
    expect(sentence).toContain('The toy vocabulary works here');
    expect(sentence).toContain('models on a server');
  }
});
