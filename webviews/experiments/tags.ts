import { t } from '../../core/l10n';

/** The words for what stands before the first `/` of a tag. */
export function groupTitle(name: string): string {
  switch (name) {
    case 'loss':
      return t('Loss');
    case 'accuracy':
      return t('Accuracy');
    case 'learning_rate':
      return t('Learning rate');
    case 'throughput':
      return t('Throughput');
    default:
      return name.replaceAll('_', ' ');
  }
}

/** `Loss, validation` of `loss/validation`. */
export function tagTitle(tag: string): string {
  const [group, ...parts] = tag.split('/');
  const title = groupTitle(group!);
  return parts.length === 0 ? title : `${title}, ${partTitle(parts.join('/'))}`;
}

/** The words for what stands after it. */
export function partTitle(part: string): string {
  if (part === 'train') return t('training');
  if (part === 'validation') return t('validation');
  if (part === 'samples_per_second') return t('samples per second');
  return part.replaceAll('_', ' ');
}
