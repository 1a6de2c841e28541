import { t } from '../../core/l10n';

/** A measured value in four significant digits; very small and very large ones in scientific notation. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return withMinus(scientific(value));
  return withMinus(String(Number(value.toPrecision(4))));
}

/** Two units at most: `42 s`, `3 min 05 s`, `2 h 10 min`, `1 d 4 h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 60) return t('{0} s', whole);
  if (whole < 3600) return t('{0} min {1} s', Math.floor(whole / 60), two(whole % 60));
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return t('{0} h {1} min', Math.floor(minutes / 60), two(minutes % 60));
  const hours = Math.round(minutes / 60);
  return t('{0} d {1} h', Math.floor(hours / 24), hours % 24);
}

/** Today only the time, else day and time; hours from 0 to 23, so that a column of them is read at a glance. */
export function formatMoment(moment: Date, now = new Date()): string {
  const isToday = moment.toDateString() === now.toDateString();
  const isThisYear = moment.getFullYear() === now.getFullYear();
  const { today, thisYear, before } = momentFormats();
  return (isToday ? today : isThisYear ? thisYear : before).format(moment);
}

/** `28 × 28 × 64`. */
export function formatShape(shape: readonly (number | string)[]): string {
  return shape.join(' × ');
}

function scientific(value: number): string {
  const [digits, exponent] = value.toExponential(2).split('e');
  return `${Number(digits)}e${Number(exponent)}`;
}

const withMinus = (text: string): string => text.replace(/^-/, '−');

const momentFormats = once((language) => {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const day = { month: 'short', day: 'numeric', ...time } as const;
  return {
    today: new Intl.DateTimeFormat(language, { ...time, second: '2-digit' }),
    thisYear: new Intl.DateTimeFormat(language, day),
    before: new Intl.DateTimeFormat(language, { ...day, year: 'numeric' }),
  };
});

/** For the page's language: making a format takes as long as hundreds of uses. */
function once<T>(make: (language: string) => T): () => T {
  let made: { language: string; format: T } | undefined;
  return () => {
    const language = globalThis.document?.documentElement.lang || 'en';
    if (made?.language !== language) made = { language, format: make(language) };
    return made.format;
  };
}
