import type { LayerVerdict, MatchReport } from '../report';
import { isProblem, sayProof, sayVerdict } from './words';

/** JUnit's XML as CI services read it: a test case per layer and one for the proof. */
export function renderJunit(report: MatchReport): string {
  const proof = proofCase(report);
  const cases = [...report.layers.map(layerCase), proof];
  const count = (kind: Case['outcome']): number => cases.filter(({ outcome }) => outcome === kind).length;
  const name = `${report.intended.file} - ${report.exported.file}`;
  const counts = `tests="${cases.length}" failures="${count('failure')}" skipped="${count('skipped')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escaped(name)}" ${counts}>`,
    ...cases.map(renderCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'skipped';
  readonly message: string;
}

function layerCase(layer: LayerVerdict): Case {
  const message = layer.reasons.map((reason) => reason.message).join('; ');
  return { name: layer.name, outcome: isProblem(layer) ? 'failure' : 'passed', message };
}

/** Two graphs that differ have no proof: that is told once, at their layers. */
function proofCase({ proof, verdict, undecided }: MatchReport): Case {
  if (verdict === 'undecided')
    return { name: 'verdict', outcome: 'failure', message: [sayVerdict(verdict), ...undecided].join('; ') };
  const outcome = !proof.done ? 'skipped' : proof.holds ? 'passed' : 'failure';
  return { name: 'numeric proof', outcome, message: sayProof(proof) };
}

function renderCase({ name, outcome, message }: Case): string {
  const open = `    <testcase classname="match" name="${escaped(name)}"`;
  if (outcome === 'passed')
    return message ? `${open}><system-out>${escaped(message)}</system-out></testcase>` : `${open}/>`;
  return `${open}><${outcome} message="${escaped(message)}"/></testcase>`;
}

function escaped(text: string): string {
  return [...text]
    .map((character) =>
      /[&<>"']/.test(character) ? `&#${character.charCodeAt(0)};` : isAllowed(character) ? character : '\uFFFD',
    )
    .join('');
}

/** XML 1.0 has no place for control characters. */
function isAllowed(character: string): boolean {
  const code = character.codePointAt(0)!;
  return (
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code !== 0xfffe && code !== 0xffff && !(code >= 0xd800 && code < 0xe000))
  );
}
