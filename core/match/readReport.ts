import validate from '../../schemas/match.schema.json?validator';
import type { MatchReport } from './report';

/** Reads what `matchdown match --format json` writes; undefined when it is damaged, or of another version's form. */
export function parseMatchReport(text: string): MatchReport | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return validate(value) ? (value as MatchReport) : undefined;
  } catch {
    return undefined;
  }
}
