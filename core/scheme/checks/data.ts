import { t } from '../../l10n';
import { diagnose } from '../diagnose';
import type { Diagnostic } from '../diagnostics';
import type { SchemeDocument } from '../document';
import { remove, setKey } from '../fixes';
import { keyPlaceOf, placeOf } from '../places';
import { nodeAt } from '../tree';
import type { DataSection } from '../types';

/** Keys of the data section that do not go together. */
export function checkData(document: SchemeDocument, data: DataSection): Diagnostic[] {
  return [
    ...vocabulary(document, data),
    ...singleClass(document, data),
    ...ignoredSplit(document, data),
    ...augmentation(document, data),
  ];
}

function vocabulary(document: SchemeDocument, { vocabulary, sampleShape }: DataSection): Diagnostic[] {
  const path = ['data', 'vocabulary'];
  if (vocabulary === undefined || (isTokens(document) && sampleShape.length === 1)) return [];
  const message = t('{0} is for tokens: it goes with {1}.', '"vocabulary"', '"input_size": [length]');
  return [
    diagnose('scheme/vocabulary-does-not-fit', keyPlaceOf(document, path), message, { fixes: remove(document, path) }),
  ];
}

function isTokens(document: SchemeDocument): boolean {
  return nodeAt(document.root, ['data', 'input_size']) !== undefined;
}

function singleClass(document: SchemeDocument, { labelType, labelDim }: DataSection): Diagnostic[] {
  if (labelType !== 'classification' || labelDim > 1) return [];
  const message = t(
    'With one class every answer is right. Use {0} for yes or no, or {1}.',
    '"label_dim": 2',
    '"label_type": "multi_label"',
  );
  const fixes = setKey(document, ['data'], 'label_dim', 2);
  return [diagnose('scheme/single-class', placeOf(document, ['data', 'label_dim']), message, { fixes })];
}

function ignoredSplit(document: SchemeDocument, { validationPath }: DataSection): Diagnostic[] {
  const path = ['data', 'validation_split'];
  if (validationPath === undefined || !nodeAt(document.root, path)) return [];
  const message = t('{0} has no effect beside {1}. Remove one of them.', '"validation_split"', '"validation_path"');
  const fixes = [...remove(document, path, true), ...remove(document, ['data', 'validation_path'])];
  return [diagnose('scheme/validation-split-ignored', keyPlaceOf(document, path), message, { fixes })];
}

function augmentation(document: SchemeDocument, { augmentation: changes }: DataSection): Diagnostic[] {
  const path = ['data', 'augmentation'];
  const isImage = nodeAt(document.root, ['data', 'image_size']) !== undefined;
  const changesNothing =
    !changes.flipHorizontal && !changes.flipVertical && changes.shift === 0 && changes.rotate === 0;
  if (isImage || changesNothing) return [];
  const message = t('Only pictures can be augmented; with {0} this has no effect. Remove it.', '"input_size"');
  const fixes = remove(document, path, true);
  return [diagnose('scheme/augmentation-without-image', keyPlaceOf(document, path), message, { fixes })];
}
