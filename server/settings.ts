import {
  type Connection,
  DidChangeConfigurationNotification,
  type InitializeParams,
  MessageType,
  ShowMessageNotification,
} from 'vscode-languageserver/node';
import { t } from '../core/l10n';
import type { Settings } from '../core/protocol/server';
import { deviceFrom } from './devices';

export const defaultSettings: Settings = {
  runsFolder: 'runs',
  threads: 0,
  inlayHints: { outputShape: true, parameters: true, implicitHead: true },
  codeLenses: true,
};

/** What was configured for `matchdown`; a value of the wrong type counts as not configured. */
export function readSettings(section: unknown): Settings {
  const { runsFolder, threads, inlayHints, codeLenses } = defaultSettings;
  const hints = property(section, 'inlayHints');
  const device = deviceFrom(property(section, 'device'));
  return {
    runsFolder: like(runsFolder, property(section, 'runsFolder')),
    threads: like(threads, property(section, 'threads')),
    inlayHints: {
      outputShape: like(inlayHints.outputShape, property(hints, 'outputShape')),
      parameters: like(inlayHints.parameters, property(hints, 'parameters')),
      implicitHead: like(inlayHints.implicitHead, property(hints, 'implicitHead')),
    },
    codeLenses: like(codeLenses, property(section, 'codeLenses')),
    ...(device === undefined ? {} : { device }),
  };
}

/** A sentence about a device that is configured and not known; nothing otherwise. */
export function deviceProblem(section: unknown): string | undefined {
  const setting = property(section, 'device');
  if (setting === undefined || setting === null || setting === '' || deviceFrom(setting) !== undefined)
    return undefined;
  return t(
    'The device {0} in the setting matchdown.device is not known. Write its name and memory: {1}',
    JSON.stringify(setting),
    '{ "name": "…", "memoryGiB": 24 }',
  );
}

/**
 * Keeps the settings up to date. A client that cannot be asked sends them with `workspace/didChangeConfiguration`, as
 * `{ matchdown: {...} }`, or does nothing: then the defaults hold.
 */
export function followSettings(connection: Connection, changed: (settings: Settings) => void): SettingsFollower {
  let asked = false;
  let told: string | undefined;
  const read = (section: unknown) => {
    const problem = deviceProblem(section);
    if (problem !== undefined && problem !== told) warn(connection, problem);
    told = problem;
    changed(readSettings(section));
  };
  const ask = async () => read(await connection.workspace.getConfiguration('matchdown'));
  connection.onDidChangeConfiguration(async ({ settings }) => {
    if (asked) await ask();
    else read(property(settings, 'matchdown'));
  });
  return {
    async initialized({ capabilities }) {
      asked = capabilities.workspace?.configuration === true;
      if (capabilities.workspace?.didChangeConfiguration?.dynamicRegistration === true)
        await connection.client.register(DidChangeConfigurationNotification.type, { section: 'matchdown' });
      if (asked) await ask();
    },
  };
}

function warn(connection: Connection, message: string): void {
  void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message });
}

export interface SettingsFollower {
  /** To be called when the client says that it is initialized: before that it may not be asked. */
  initialized(client: InitializeParams): Promise<void>;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** The value if it has the type of the default, else the default. */
function like<T extends string | number | boolean>(otherwise: T, value: unknown): T {
  return typeof value === typeof otherwise ? (value as T) : otherwise;
}
