import type { Attribute, OnnxNode } from '../onnx/model';
import { dataTypeName } from './dataTypes';

/** Longer lists and texts are cut in a node's row. */
const LONGEST_LIST = 8;
const LONGEST_TEXT = 40;
/** Characters that its details show: enough to recognise a list by, and never so many that a page stands still. */
const LONGEST_VALUE = 4000;

/** All attributes of a node in one line: `kernel_shape [3, 3], pads [1, 1, 1, 1]`. */
export function attributeLine(node: OnnxNode): string {
  return [...node.attributes].map(([name, attribute]) => `${name} ${attributeText(attribute, true)}`).join(', ');
}

/** The value of an attribute as a person writes it. */
export function attributeValue(attribute: Attribute): string {
  const text = attributeText(attribute, false);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function attributeText(attribute: Attribute, short: boolean): string {
  switch (attribute.type) {
    case 'float':
      return floatText(attribute.value);
    case 'int':
      return String(attribute.value);
    case 'string':
      return short ? cut(attribute.value) : attribute.value;
    case 'floats':
      return listText(attribute.value.map(floatText), short);
    case 'ints':
      return listText(attribute.value.map(String), short);
    case 'strings':
      return listText(short ? attribute.value.map(cut) : attribute.value, short);
    case 'tensor':
      return `${dataTypeName(attribute.value.dataType)}[${attribute.value.dims.join(', ')}]`;
    case 'sparseTensor':
      return `sparse ${dataTypeName(attribute.value.values.dataType)}[${attribute.value.dims.join(', ')}]`;
    case 'tensors':
      return listText(
        attribute.value.map(({ name }) => name),
        short,
      );
    case 'graph':
      return attribute.value.name;
    case 'graphs':
      return listText(
        attribute.value.map(({ name }) => name),
        short,
      );
    case 'other':
      return attribute.reference ? `@${attribute.reference}` : '…';
  }
}

/** Attributes are stored as float32; seven digits are what it holds. */
function floatText(value: number): string {
  return String(Number(value.toPrecision(7)));
}

function listText(values: readonly string[], short: boolean): string {
  const isCut = short && values.length > LONGEST_LIST;
  return `[${(isCut ? [...values.slice(0, LONGEST_LIST), '…'] : values).join(', ')}]`;
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
