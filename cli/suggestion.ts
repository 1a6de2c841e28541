import { t } from '../core/l10n';
import { nearest } from '../core/scheme/nearest';

/** A sentence about a word that is not known, and which one was probably meant. */
export function withSuggestion(sentence: string, word: string, known: Iterable<string>): string {
  const meant = nearest(word, known);
  return meant === undefined ? sentence : `${sentence} ${t('Did you mean {0}?', `"${meant}"`)}`;
}
