/** Whether texts may go to a server's address: its user is told before the first one, and asked where others could read it. */
import { readAddress } from '../../remote/address';
import type { RememberedServers } from './rememberedServers';

export interface ConsentPorts {
  /** Asks whether texts may go to an address that is neither encrypted nor this machine's own. */
  readonly mayBeRead: (address: string) => Promise<boolean>;
  /** Says where the text goes. */
  readonly tellWhereTo: (address: string) => void;
}

export class Consent {
  /** Addresses that the user would not have texts sent to; asked again by a Retry or by the next window. */
  readonly #refused = new Set<string>();
  /** Questions that are being asked, by address. */
  readonly #questions = new Map<string, Promise<boolean>>();

  constructor(
    private readonly remembered: RememberedServers,
    private readonly ports: ConsentPorts,
  ) {}

  /** Whether a server may be asked what it is, though nobody has agreed to anything. */
  mayProbe(address: string): boolean {
    return readAddress(address).confidential || this.remembered.agreed(address);
  }

  /** Whether texts may go to an address; tells or asks the first time. */
  async allows(address: string): Promise<boolean> {
    if (this.remembered.agreed(address)) return true;
    if (this.#refused.has(address)) return false;
    const asked = this.#questions.get(address) ?? this.#ask(address);
    this.#questions.set(address, asked);
    try {
      return await asked;
    } finally {
      this.#questions.delete(address);
    }
  }

  /** A refusal is asked about again. */
  askAgain(address: string): void {
    this.#refused.delete(address);
  }

  async #ask(address: string): Promise<boolean> {
    if (readAddress(address).confidential) this.ports.tellWhereTo(address);
    else if (!(await this.ports.mayBeRead(address))) {
      this.#refused.add(address);
      return false;
    }
    await this.remembered.agree(address);
    return true;
  }
}
