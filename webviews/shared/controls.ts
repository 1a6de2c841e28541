import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { element, setAttributes } from './dom';
import { type IconName, icon } from './icons';

/**
 * The controls of all panels. Nothing else knows the toolkit they come from, which is no longer developed: replacing it
 * means rewriting this file.
 */
provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeProgressRing(),
  vsCodeTextField(),
);

export interface ButtonOptions {
  readonly icon?: IconName;
  readonly look?: 'primary' | 'secondary' | 'icon';
  /** More than the label says; for `icon` the label itself is shown as tooltip. */
  readonly title?: string;
}

export interface Button {
  readonly element: HTMLElement;
  enable(enabled: boolean): void;
  /** For buttons that are on or off. */
  press(pressed: boolean): void;
  label(text: string): void;
}

export function button(label: string, onClick: () => void, options: ButtonOptions = {}): Button {
  const { look = 'secondary' } = options;
  const control = document.createElement('vscode-button');
  // A text of its own: the toolkit squeezes a span to the size of an icon.
  const text = document.createTextNode(label);
  setAttributes(control, {
    appearance: look,
    title: options.title ?? (look === 'icon' ? label : undefined),
    'aria-label': look === 'icon' ? label : undefined,
    click: onClick,
  });
  if (options.icon) {
    const picture = icon(options.icon);
    if (look !== 'icon') picture.setAttribute('slot', 'start');
    control.append(picture);
  }
  if (look !== 'icon') control.append(text);
  return {
    element: control,
    enable: (enabled) => control.toggleAttribute('disabled', !enabled),
    press: (pressed) => control.setAttribute('aria-pressed', String(pressed)),
    label: (changed) => {
      text.data = changed;
    },
  };
}

/** A field that rows are searched with: Escape empties it, and Escape, Enter and the arrow down lead on to the rows. */
export function textField(
  label: string,
  value: string,
  onInput: (value: string) => void,
  onLeave: () => void,
): { element: HTMLElement; focus(): void; set(value: string): void } {
  const control = document.createElement('vscode-text-field') as HTMLElement & { value: string };
  setAttributes(control, { placeholder: label, 'aria-label': label, type: 'text' });
  control.value = value;
  control.addEventListener('input', () => onInput(control.value));
  control.addEventListener('keydown', (event) => {
    if (!['Escape', 'Enter', 'ArrowDown'].includes(event.key) || event.isComposing) return;
    event.preventDefault();
    if (event.key === 'Escape' && control.value !== '') {
      control.value = '';
      onInput('');
    }
    onLeave();
  });
  // The control calls itself "Text field" when it gets into the document.
  requestAnimationFrame(() => control.setAttribute('aria-label', label));
  return {
    element: control,
    focus: () => control.focus(),
    set: (changed) => {
      control.value = changed;
    },
  };
}

/** Ctrl+F, and Cmd+F, lead to the field that the page is searched with. */
export function onFind(focus: () => void): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'f' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    focus();
  });
}

export function checkbox(label: string, checked: boolean, onChange: (checked: boolean) => void): HTMLElement {
  const control = document.createElement('vscode-checkbox') as HTMLElement & { checked: boolean };
  control.append(label);
  control.checked = checked;
  control.addEventListener('change', () => onChange(control.checked));
  return control;
}

export function choice<T extends string>(
  label: string,
  options: readonly (readonly [value: T, label: string])[],
  value: T,
  onChange: (value: T) => void,
): HTMLElement {
  const control = document.createElement('vscode-dropdown') as HTMLElement & { value: string };
  control.setAttribute('aria-label', label);
  for (const [optionValue, text] of options) {
    const option = document.createElement('vscode-option');
    setAttributes(option, { value: optionValue, selected: optionValue === value });
    option.append(text);
    control.append(option);
  }
  control.addEventListener('change', () => onChange(control.value as T));
  // The control takes its first option when it gets into the document, whichever is marked as selected.
  requestAnimationFrame(() => {
    control.value = value;
  });
  return labelled(label, control);
}

/** The toolkit has no slider; the browser's takes the theme's accent colour. */
export function slider(
  label: string,
  value: number,
  range: { readonly maximum: number; readonly step: number; readonly show: (value: number) => string },
  onInput: (value: number) => void,
): HTMLElement {
  const shown = element('output', { class: 'slider-value' }, range.show(value));
  const control = element('input', {
    type: 'range',
    min: 0,
    max: range.maximum,
    step: range.step,
    'aria-label': label,
  });
  control.value = String(value);
  control.setAttribute('aria-valuetext', range.show(value));
  control.addEventListener('input', () => {
    shown.textContent = range.show(control.valueAsNumber);
    control.setAttribute('aria-valuetext', range.show(control.valueAsNumber));
    onInput(control.valueAsNumber);
  });
  return labelled(label, control, shown);
}

export function progressRing(label: string): HTMLElement {
  const control = document.createElement('vscode-progress-ring');
  setAttributes(control, { 'aria-label': label, role: 'status' });
  return control;
}

function labelled(label: string, ...controls: HTMLElement[]): HTMLElement {
  return element(
    'span',
    { class: 'labelled' },
    element('span', { class: 'control-label', 'aria-hidden': 'true' }, label),
    ...controls,
  );
}
