import { GraphBuilder } from '../onnx/builder';
import { DataType } from '../onnx/model';
import type { Optimizer } from '../scheme/types';
import type { Dropout, Network, Operation, Parameter, Shape } from '../shape/network';
import { slotName } from './applyStep';
import { elementByElement, withoutUnused } from './blocks';
import type { Trained, TrainingEmission } from './emission';
import { emitData, inputFeed, known } from './forward';
import { graphDims } from './layout';
import type { NormalizationStatistics } from './normalization';
import { declareTarget, emitObjective, metricOutput, objectiveInput, targetFeed } from './objective';
import { optimizers } from './optimizers';
import { planSteps, type Step } from './steps';
import type { DropoutMask, GradientOutput, StateTensor, TrainingGraph } from './trainingGraph';

export type * from './trainingGraph';

/** The first opset with everything that forward and backward need. */
export const trainingOpset = 20;

export interface TrainingOptions {
  readonly normalization?: NormalizationStatistics;
  /** The scheme's by default. */
  readonly optimizer?: Optimizer;
  /** What the runtime answered to `blockSizeProbe`; without it the graph has standard operators only. */
  readonly blockSize?: number;
  /** Whether neighbouring operations may be trained as one; on by default, off to compare. */
  readonly fusions?: boolean;
}

/** Loss and gradients of the network for a batch as a graph; see `TrainingGraph`. */
export function compileTraining(network: Network, options: TrainingOptions = {}): TrainingGraph {
  const optimizer = options.optimizer ?? network.scheme.model.optimizer;
  const graph = new GraphBuilder('training', trainingOpset);
  const data = emitData(graph, network, options.normalization);
  declareTarget(graph, network);
  const emission = new TrainingCompilation(graph, options.blockSize);
  const parameters = network.operations.flatMap((operation) => operation.parameters);
  for (const { name, shape } of parameters) graph.input(name, DataType.float, shape);

  const wanted = objectiveInput(network);
  const tape = emitSteps(emission, planSteps(network, wanted, options.fusions ?? true), data);
  graph.scope = 'objective';
  const objective = emitObjective(graph, network, known(tape.values, wanted), emission.batchSize);
  emitGradients(emission, network, tape, new Map([[wanted, [objective.gradient()]]]));

  graph.scope = '';
  const metric = metricOutput(network);
  graph.outputAs('loss', objective.loss, DataType.float, []);
  graph.outputAs(metric.name, objective.metric, DataType.float, []);
  const gradients = emission.emitGradients(parameters);
  const buffers = emission.emitBuffers(parameters);
  return {
    model: withoutUnused(graph.model()),
    state: stateOf(parameters, optimizer),
    gradients,
    buffers,
    optimizer,
    input: inputFeed(network),
    target: targetFeed(network),
    masks: emission.masks,
    loss: 'loss',
    metrics: [metric],
  };
}

/** The number of samples in the batch, as a float32 scalar. */
export function emitBatchSize(graph: GraphBuilder): string {
  const samples = graph.add('Gather', [graph.add('Shape', ['input']), graph.int(0)]);
  return graph.add('Cast', [samples], { to: DataType.float });
}

class TrainingCompilation implements TrainingEmission {
  readonly batchSize: string;
  readonly masks: DropoutMask[] = [];
  private readonly gradients = new Map<string, { readonly value: string; readonly rows?: string }>();
  private readonly buffers = new Map<string, string>();

  constructor(
    readonly graph: GraphBuilder,
    readonly blockSize?: number,
  ) {
    this.batchSize = emitBatchSize(graph);
  }

  parameter({ name }: Parameter): string {
    return name;
  }

  addGradient({ name }: Parameter, value: string, rows?: string): void {
    this.gradients.set(name, { value, rows });
  }

  updateBuffer({ name }: Parameter, next: string): void {
    this.buffers.set(name, next);
  }

  /** None for a parameter that the loss does not depend on: one of a layer whose output nobody uses. */
  emitGradients(parameters: readonly Parameter[]): GradientOutput[] {
    return parameters.flatMap(({ name, shape }): GradientOutput[] => {
      const gradient = this.gradients.get(name);
      if (!gradient) return [];
      const output = `gradient:${name}`;
      if (gradient.rows === undefined) {
        this.graph.outputAs(output, gradient.value, DataType.float, shape);
        return [{ parameter: name, output }];
      }
      const rows = `rows:${name}`;
      this.graph.outputAs(output, gradient.value, DataType.float, ['', ...shape.slice(1)]);
      this.graph.outputAs(rows, gradient.rows, DataType.int64, ['']);
      return [{ parameter: name, output, rows }];
    });
  }

  emitBuffers(parameters: readonly Parameter[]): TrainingGraph['buffers'] {
    return parameters.flatMap(({ name, shape }) => {
      const next = this.buffers.get(name);
      if (next === undefined) return [];
      this.graph.outputAs(`next:${name}`, next, DataType.float, shape);
      return [{ name, output: `next:${name}` }];
    });
  }

  dropoutMask({ id, outputShape, rate }: Dropout): string {
    const mask = { name: `mask:${id}`, operation: id, dims: graphDims(outputShape), rate };
    this.masks.push(mask);
    return this.graph.input(mask.name, DataType.uint8, ['batch', ...mask.dims]);
  }
}

interface Tape {
  /** By id. */
  readonly values: ReadonlyMap<string, string>;
  readonly entries: readonly { readonly step: Step; readonly trained: Trained }[];
}

function emitSteps(emission: TrainingEmission, steps: readonly Step[], data: string): Tape {
  const values = new Map([['data', data]]);
  const entries = steps.map((step) => {
    emission.graph.scope = step.output;
    const trained = step.train(
      emission,
      step.inputs.map((id) => known(values, id)),
    );
    values.set(step.output, trained.output);
    return { step, trained };
  });
  return { values, entries };
}

/** From the last step to the first. A value that several steps used has the sum of their gradients. */
function emitGradients(
  emission: TrainingEmission,
  network: Network,
  { entries }: Tape,
  gradients: Map<string, string[]>,
): void {
  const wanted = idsWithTrainable(network.operations);
  const shapes = new Map(network.operations.map(({ id, outputShape }) => [id, outputShape]));
  for (const { step, trained } of [...entries].reverse()) {
    emission.graph.scope = `${step.output}/gradient`;
    const gradient = emitSum(emission.graph, gradients.get(step.output) ?? [], known(shapes, step.output));
    if (gradient === undefined) continue;
    const inputGradients = trained.backward(
      gradient,
      step.inputs.map((id) => wanted.has(id)),
    );
    step.inputs.forEach((id, index) => {
      const part = inputGradients[index];
      if (part !== undefined && wanted.has(id)) gradients.set(id, [...(gradients.get(id) ?? []), part]);
    });
  }
}

function emitSum(graph: GraphBuilder, values: readonly string[], shape: Shape): string | undefined {
  if (values.length < 2) return values[0];
  return elementByElement(graph, values, shape, (all) => all.reduce((sum, value) => graph.add('Add', [sum, value])));
}

/** The operations that are trainable, or come after one that is. */
function idsWithTrainable(operations: readonly Operation[]): Set<string> {
  const found = new Set<string>();
  for (const { id, inputs, parameters } of operations) {
    if (parameters.some(({ trainable }) => trainable) || inputs.some((input) => found.has(input))) found.add(id);
  }
  return found;
}

function stateOf(parameters: readonly Parameter[], optimizer: Optimizer): StateTensor[] {
  const slots = optimizers[optimizer.type].slots(optimizer);
  return parameters.flatMap(({ name, shape: dims, trainable }): StateTensor[] => {
    if (!trainable) return [{ name, dims, kind: 'buffer' }];
    return [
      { name, dims, kind: 'parameter' },
      ...slots.map((slot): StateTensor => ({ name: slotName(name, slot), dims, kind: 'slot' })),
    ];
  });
}
