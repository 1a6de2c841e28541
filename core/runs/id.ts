/** `20261122-141502-3f9a`: local time and 16 random bits; sorted by name, runs are in order of time. */
export function makeRunId(now: Date, random: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return `${date}-${time}-${(random & 0xffff).toString(16).padStart(4, '0')}`;
}

export const runIdPattern = /^\d{8}-\d{6}-[0-9a-f]{4}$/;
