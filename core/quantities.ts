/** `74,496`: the digits in groups of three, the same in every language so that figures can be compared. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `74.5 k`, `66 M`: three significant digits, for where space is short. */
export function shortCountText(count: number): string {
  return scaled(count, 1000, ['', ' k', ' M', ' G', ' T', ' P']);
}

/** `1.5 MiB`: in binary units, in which memory is sold. */
export function memoryText(bytes: number): string {
  return scaled(bytes, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB']);
}

/** `1.5 MB`: in decimal units, in which disks are sold. */
export function fileSizeText(bytes: number): string {
  return scaled(bytes, 1000, [' B', ' kB', ' MB', ' GB', ' TB', ' PB']);
}

/** Three significant digits of the largest unit that is not above the value. */
function scaled(value: number, base: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  while (rest >= base - 0.5 && unit < units.length - 1) {
    rest /= base;
    unit++;
  }
  return `${unit === 0 ? rest : Number(rest.toPrecision(3))}${units[unit]}`;
}
