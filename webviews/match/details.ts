import { t } from '../../core/l10n';
import type { LayerVerdict, MatchNode } from '../../core/match/report';
import type { MatchEvents, MatchRequests, SideName } from '../../core/protocol/match';
import { renderDetails } from '../model/details';
import { element } from '../shared/dom';
import type { Host } from '../shared/host';
import { messageOf } from '../shared/page';
import type { Sides } from './sides';

export interface DetailsListener {
  /** A node of this layer was gone to. */
  onLayer(name: string): void;
  onProblem(action: Promise<unknown>): void;
}

/** The nodes of a layer on both sides: their attributes, and the statistics of their weights beside each other. */
export class LayerDetails {
  readonly element = element('div', {
    class: 'layer-details',
    role: 'region',
    'aria-label': t('Details'),
    tabindex: -1,
  });
  private shown = '';

  constructor(
    private readonly host: Host<MatchRequests, MatchEvents>,
    private readonly sides: Sides,
    private readonly listener: DetailsListener,
  ) {}

  /** Makes what is shown anew the next time. */
  forget(): void {
    this.shown = '';
  }

  /** @param chosen names of the nodes to show; else those of the layer with the most to show */
  show(layer: LayerVerdict, chosen: Partial<Record<SideName, string>> = {}): void {
    const key = JSON.stringify([layer.name, chosen]);
    if (key === this.shown) return;
    this.shown = key;
    this.element.replaceChildren(
      ...(['intended', 'exported'] as const).map((side) => this.part(side, layer, chosen[side])),
    );
    this.element.scrollTop = 0;
  }

  showNothing(): void {
    this.shown = '';
    this.element.replaceChildren(
      element('p', { class: 'hint nothing' }, t('Select a layer to see the details of its nodes.')),
    );
  }

  private part(side: SideName, layer: LayerVerdict, chosen: string | undefined): HTMLElement {
    const nodes = layer[side]?.nodes ?? [];
    const content = element('div');
    const first = nodes.find(({ name }) => name === chosen) ?? nodes.find(hasWeights) ?? nodes[0];
    const buttons = new Map(
      nodes.map((node) => [
        node,
        element('button', { class: 'node-tab', click: () => choose(node), title: node.name }, node.opType),
      ]),
    );
    const choose = (node: MatchNode) => {
      for (const [other, tab] of buttons) tab.setAttribute('aria-pressed', String(other === node));
      void this.fill(content, side, node.name);
    };
    if (first) choose(first);
    return element(
      'section',
      { class: `details-side ${side}`, 'aria-label': side === 'intended' ? t('Intended') : t('Exported') },
      nodes.length > 1 && element('div', { class: 'node-tabs' }, ...buttons.values()),
      nodes.length === 0 &&
        element('p', { class: 'hint nothing' }, side === 'intended' ? t('not intended') : t('not exported')),
      content,
    );
  }

  private async fill(content: HTMLElement, side: SideName, name: string): Promise<void> {
    try {
      const { version, places, outline } = await this.sides.read(side);
      const place = places.get(name);
      if (place === undefined) throw new Error(t('{0} is inside of a loop or a branch.', name));
      const about = { side, version };
      const details = await this.host.ask('node/read', { ...about, node: place });
      const goTo = (other: number) => void this.fill(content, side, outline.nodes[other]!.name);
      content.replaceChildren(
        renderDetails(details, place, {
          node: (node) => this.host.ask('node/read', { ...about, node }),
          tensor: (node, tensor) => this.host.ask('tensor/read', { ...about, node, tensor }),
          titleOf: (other) => outline.nodes[other]?.name,
          goTo,
          openSource: (line) => this.listener.onProblem(this.host.ask('source/open', line)),
        }),
      );
    } catch (error) {
      content.replaceChildren(element('p', { class: 'hint nothing' }, messageOf(error)));
    }
  }
}

/** The operators of a layer that people look at first. */
function hasWeights({ opType }: MatchNode): boolean {
  return /^(Conv|ConvTranspose|Gemm|MatMul|LSTM|GRU|RNN|Gather)$/.test(opType);
}
