import assert from 'node:assert/strict';
import { isInstalled } from './servers.mjs';

/**
 * A mocha suite that starts a server of the system. Where it is not installed the suite is skipped by name, except in continuous
 * integration (`CI=true`), where it fails.
 */
export function describeWithServer(name: Parameters<typeof isInstalled>[0], title: string, body: () => void): void {
  if (isInstalled(name)) describe(title, body);
  else if (process.env.CI) it(`${title} (needs ${name})`, () => assert.fail('node test/support/servers.mjs says why'));
  else describe.skip(`${title} (needs ${name}: node test/support/servers.mjs)`, body);
}
