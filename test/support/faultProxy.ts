import { once } from 'node:events';
import net from 'node:net';

/** Stands between a client and a server of this machine, and does to their connections what networks do. */
export class FaultProxy {
  /** Bytes that went from the client to the server. */
  sent = 0;
  private readonly sockets = new Set<net.Socket>();
  private cutAfter = Number.POSITIVE_INFINITY;
  private refusing = false;

  private constructor(
    private readonly server: net.Server,
    private readonly target: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async start(target: number): Promise<FaultProxy> {
    const server = net.createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as net.AddressInfo).port;
  }

  /** All connections end now, without a word. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** All connections end when the client has sent so many bytes more. */
  cutAfterSending(bytes: number): void {
    this.cutAfter = this.sent + bytes;
  }

  /** The network is gone, until it is `restore`d. */
  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  restore(): void {
    this.refusing = false;
  }

  stop(): void {
    this.server.close();
    this.cut();
  }

  private join(client: net.Socket): void {
    if (this.refusing) return void client.resetAndDestroy();
    const server = net.connect(this.target, '127.0.0.1');
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes) => this.count(bytes.length));
    client.pipe(server);
    server.pipe(client);
  }

  private count(bytes: number): void {
    this.sent += bytes;
    if (this.sent < this.cutAfter) return;
    this.cutAfter = Number.POSITIVE_INFINITY;
    this.cut();
  }
}
