import { once } from 'node:events';
import net from 'node:net';

/**
 * The first of `count` ports in a row that nobody listens at now. They are below those that a system gives to whoever asks for
 * any, so that nobody gets one in the time until a server listens at it.
 */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 12_000 + Math.floor(Math.random() * 20_000);
    const taken = await Promise.all(Array.from({ length: count }, (_, index) => isTaken(first + index)));
    if (!taken.includes(true)) return first;
  }
}

async function isTaken(port: number): Promise<boolean> {
  const server = net.createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    await new Promise((resolve) => server.close(resolve));
    return false;
  } catch {
    return true;
  }
}
