/**
 * What `test/extension/index.ts` exports as `run`: VS Code calls it in its extension host and takes a rejection as failure.
 *
 *   export const run = () => runExtensionSuite(__dirname);
 */
export async function runExtensionSuite(folder: string): Promise<void> {
  // Mocha is an ES module, which not every host of this CommonJS bundle can require.
  const { runMocha } = await import('./mochaRun.mjs');
  const failures = await runMocha(folder);
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
