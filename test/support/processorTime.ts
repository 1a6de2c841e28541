/**
 * What a piece of work takes of the processor, in seconds: the time on the clock says as much about what else is running. The
 * least of `turns`, because what is collected and compiled beside it counts as well.
 */
export function processorSeconds(work: () => void, turns = 1): number {
  const seconds = Array.from({ length: turns }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return Math.min(...seconds);
}
