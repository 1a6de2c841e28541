import { t } from '../../core/l10n';

export type ConnectionProblem =
  | 'program'
  | 'unknown host'
  | 'host key'
  | 'denied'
  | 'unreachable'
  | 'cut'
  | 'unfinished';

/** A target does not answer. `mends`: trying again later may help without anybody doing anything. */
export class ConnectionError extends Error {
  constructor(
    readonly problem: ConnectionProblem,
    readonly host: string,
    readonly detail: string,
  ) {
    super(sentences[problem](host, detail));
    this.name = 'ConnectionError';
  }

  get mends(): boolean {
    return ['unreachable', 'cut', 'unfinished'].includes(this.problem);
  }
}

/** What OpenSSH's messages mean; the last line counts. https://github.com/openssh/openssh-portable */
export function explainSsh(host: string, errors: string): ConnectionError {
  const detail = lastLine(errors);
  const [problem] = patterns.find(([, pattern]) => pattern.test(errors)) ?? ['cut'];
  return new ConnectionError(problem, host, detail);
}

const patterns: readonly (readonly [ConnectionProblem, RegExp])[] = [
  ['host key', /host key verification failed|identification has changed|no .* host key is known/i],
  ['denied', /permission denied|too many authentication failures|no supported authentication/i],
  ['unknown host', /could not resolve hostname|name or service not known|nodename nor servname/i],
  [
    'unreachable',
    /connection refused|timed out|no route to host|network is unreachable|connection reset|host is down|kex_exchange_identification/i,
  ],
];

const sentences: Readonly<Record<ConnectionProblem, (host: string, detail: string) => string>> = {
  program: (program, detail) => t('"{0}" cannot be started: {1}. Install it, or add it to the PATH.', program, detail),
  'unknown host': (host) =>
    t('There is no machine named {0}. Check "host" of the target and the configuration of ssh.', host),
  'host key': (host) =>
    t(
      '{0} could not prove who it is: its host key is unknown or has changed. Connect once in a terminal with "ssh {0}" and check it.',
      host,
    ),
  denied: (host, detail) =>
    t(
      '{0} refuses the login ({1}). Connect once in a terminal with "ssh {0}", or load your key into the agent.',
      host,
      detail,
    ),
  unreachable: (host, detail) => t('{0} cannot be reached ({1}).', host, detail),
  cut: (host, detail) =>
    detail ? t('The connection to {0} was cut ({1}).', host, detail) : t('The connection to {0} was cut.', host),
  unfinished: (_host, detail) => t('What was asked of this machine did not come to its end ({0}).', detail),
};

export function lastLine(errors: string): string {
  const lines = errors.split(/[\r\n]+/).map((line) => line.replace(/\p{Cc}/gu, '').trim());
  return (lines.findLast((line) => line !== '') ?? '').replace(/\.$/, '').slice(0, 300);
}
