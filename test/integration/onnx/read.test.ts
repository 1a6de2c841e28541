import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type {
  Attribute,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  ValueInfo,
} from '../../../core/onnx/model';
import { readModel } from '../../../core/onnx/read';
import { tensorValues } from '../../../core/onnx/tensor';
import { ModelFiles } from '../../../engine/matchSource';
import { projectRoot } from '../../support/projectRoot';
import { describeWithPython, runPython } from '../../support/python';

describeWithPython('files that onnx itself wrote', (python) => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-'));
    runPython(python, readFileSync(path.join(projectRoot, 'test/python/onnx_files.py'), 'utf8'), [folder]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are read as onnx reads them, in every opset', () => {
    const names = readdirSync(folder).flatMap((file) => (file.endsWith('.onnx') ? [file.slice(0, -5)] : []));
    assert.ok(names.includes('opset_1') && names.includes('opset_25') && names.length === 32, names.join());
    for (const name of names) {
      const expected = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
      assert.deepEqual(described(path.join(folder, `${name}.onnx`)), expected, name);
    }
  });
});

/** As `onnx_files.py` describes a model. */
function described(file: string): unknown {
  const files = new ModelFiles(file);
  try {
    const result = readModel(files.file);
    assert.ok(result.ok, file);
    return describedModel(result.model, files);
  } finally {
    files.close();
  }
}

function describedModel(model: OnnxModel, files: ModelFiles): unknown {
  return {
    ir: model.irVersion,
    producer: model.producerName,
    doc: model.docString ?? '',
    opsets: Object.fromEntries(model.opsetImports),
    metadata: Object.fromEntries(model.metadata),
    training: model.hasTrainingInfo,
    graph: describedGraph(model.graph, files),
    functions: model.functions.map((each) => describedFunction(each, files)),
  };
}

function describedGraph(graph: OnnxGraph, files: ModelFiles): unknown {
  return {
    name: graph.name,
    nodes: graph.nodes.map((node) => describedNode(node, files)),
    initializers: graph.initializers.map((tensor) => describedTensor(tensor, files)),
    sparse: (graph.sparseInitializers ?? []).map((tensor) => describedSparse(tensor, files)),
    inputs: graph.inputs.map(describedValue),
    outputs: graph.outputs.map(describedValue),
    values: graph.valueInfo.map(describedValue),
  };
}

function describedNode(node: OnnxNode, files: ModelFiles): unknown {
  return {
    name: node.name,
    op: node.opType,
    domain: node.domain,
    overload: node.overload ?? '',
    doc: node.docString ?? '',
    inputs: [...node.inputs],
    outputs: [...node.outputs],
    metadata: Object.fromEntries(node.metadata ?? []),
    attributes: describedAttributes(node.attributes, files),
  };
}

function describedAttributes(attributes: ReadonlyMap<string, Attribute>, files: ModelFiles): unknown {
  return Object.fromEntries([...attributes].map(([name, attribute]) => [name, describedAttribute(attribute, files)]));
}

const KINDS = [
  '',
  'float',
  'int',
  'string',
  'tensor',
  'graph',
  'floats',
  'ints',
  'strings',
  'tensors',
  'graphs',
  'sparseTensor',
];

function describedAttribute(attribute: Attribute, files: ModelFiles): unknown {
  const kind = KINDS.indexOf(attribute.type);
  switch (attribute.type) {
    case 'other':
      return { reference: attribute.reference };
    case 'tensor':
      return { kind, value: describedTensor(attribute.value, files) };
    case 'tensors':
      return { kind, value: attribute.value.map((tensor) => describedTensor(tensor, files)) };
    case 'sparseTensor':
      return { kind, value: describedSparse(attribute.value, files) };
    case 'graph':
      return { kind, value: describedGraph(attribute.value, files) };
    default:
      return { kind, value: attribute.value };
  }
}

function describedTensor(tensor: OnnxTensor, files: ModelFiles): unknown {
  const { name, dataType: type, dims } = tensor;
  return { name, type, dims: [...dims], values: [...(tensorValues(tensor, files) ?? [])] };
}

function describedSparse(tensor: NonNullable<OnnxGraph['sparseInitializers']>[number], files: ModelFiles): unknown {
  return {
    dims: [...tensor.dims],
    values: describedTensor(tensor.values, files),
    indices: describedTensor(tensor.indices, files),
  };
}

function describedValue({ name, dataType, shape }: ValueInfo): unknown {
  return { name, type: dataType, shape: shape ? [...shape] : null };
}

function describedFunction(definition: OnnxFunction, files: ModelFiles): unknown {
  return {
    name: definition.name,
    domain: definition.domain,
    overload: definition.overload ?? '',
    inputs: [...definition.inputs],
    outputs: [...definition.outputs],
    attributes: [...definition.attributes],
    defaults: describedAttributes(definition.defaults ?? new Map(), files),
    nodes: definition.nodes.map((node) => describedNode(node, files)),
    opsets: Object.fromEntries(definition.opsetImports),
  };
}
