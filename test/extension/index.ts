import { runExtensionSuite } from '../support/extensionSuite';

export const run = () => runExtensionSuite(__dirname);
