/**
 * What is known of a distribution of which some tokens are listed, while samplers act on it: of every listed token its
 * weight and whether it is still there, of all others together no more than limits. A weight is exp(logit - ref); a
 * probability is a weight over the sum of all.
 *
 * Of the unlisted tokens, that sum is between `least` and `most`; each has at most `ceiling`, those that are left have
 * at least `floor`, and there are at most `count`. At first the sum is what the listed tokens leave, exactly. Every
 * sampler here keeps the order of the tokens, so what it removes follows from sums and thresholds that lie between
 * limits too: a listed token stays for certain, goes for certain, or may do either. Unlisted tokens may be as probable
 * as the last listed one, as logits of few bits often are: of these, ids that are not known decide which comes first.
 *
 * What a temperature T makes of the unlisted sum is bounded by convexity. With r = 1 / T it becomes Σ uʳ. Of all ways to
 * share a sum, the even one is majorized by all others, and as many tokens as possible at the ceiling with one remainder
 * majorize all others; Σ uʳ is Schur-convex for r > 1 and Schur-concave for r < 1 (Marshall, Olkin and Arnold,
 * Inequalities: Theory of Majorization and Its Applications, 2011, 3.C.1), so these two ways have its least and its
 * greatest value. Where at most `count` tokens are left, or none below `floor`, the even share is among as many as that
 * allows.
 */

/** Rounding of sums and exponentials: what is nearer to a threshold than this may lie on either side. */
const SLACK = 1e-9;

interface ListedToken {
  readonly id: number;
  logit: number;
  /** Removed tokens are not here; a token that may be removed is not certain. */
  certain: boolean;
}

/** Σ uʳ at its greatest, for at most `count` numbers from `floor` to `ceiling` that sum to at most `sum`. */
export function greatestPowerSum(
  sum: number,
  ceiling: number,
  floor: number,
  count: number,
  r: number,
): number {
  if (sum <= 0 || ceiling <= 0) return 0;
  if (r >= 1) return concentrated(sum, ceiling, count, r);
  const tokens = Math.min(count, floor > 0 ? sum / floor : Infinity);
  return tokens * Math.min(ceiling, sum / tokens) ** r;
}

/** Σ uʳ at its least, for at most `count` numbers up to `ceiling` that sum to at least `sum`. */
export function leastPowerSum(sum: number, ceiling: number, count: number, r: number): number {
  if (sum <= 0 || ceiling <= 0) return 0;
  return r >= 1 ? count * (sum / count) ** r : concentrated(sum, ceiling, count, r);
}

function concentrated(sum: number, ceiling: number, count: number, r: number): number {
  const full = Math.min(count, Math.floor(sum / ceiling));
  return full * ceiling ** r + (full < count ? (sum - full * ceiling) ** r : 0);
}

export class ListedState {
  /** Most probable first. */
  #tokens: ListedToken[];
  #ref: number;
  #least: number;
  #most: number;
  #ceiling: number;
  #floor = 0;
  #count: number;

  /**
   * @param logits of the listed tokens: natural logs of probabilities
   * @param rest probability of all others together
   * @param bound natural log of a probability that none of them exceeds
   * @param others how many there are
   */
  constructor(
    logits: readonly { readonly id: number; readonly logit: number }[],
    { rest, bound, others }: { readonly rest: number; readonly bound: number; readonly others: number },
  ) {
    this.#tokens = logits.map(({ id, logit }) => ({ id, logit, certain: true }));
    this.#ref = Math.max(...logits.map(({ logit }) => logit));
    const scale = Math.exp(-this.#ref);
    this.#count = others;
    this.#least = this.#most = others > 0 ? rest * scale : 0;
    // Rounded figures may leave more than the bound allows.
    this.#ceiling = Math.max(Math.exp(bound) * scale, others > 0 ? this.#most / others : 0);
    this.#sort();
  }

  /** Nothing but listed tokens is left, and which ones is certain. */
  get isWithin(): boolean {
    return this.#most === 0 && this.#tokens.every(({ certain }) => certain);
  }

  /** Whether some listed token is left for certain. */
  get isSure(): boolean {
    return this.#tokens.some(({ certain }) => certain);
  }

  /** The probability of every listed token that may be left, between two limits. */
  probabilities(): Map<number, { readonly low: number; readonly high: number }> {
    const { least, most } = this.#sums();
    return new Map(
      this.#tokens.map((token) => {
        const weight = this.#weight(token);
        return [
          token.id,
          token.certain
            ? { low: weight / (most + this.#most), high: weight / (least + this.#least) }
            : { low: 0, high: weight / (least + weight + this.#least) },
        ];
      }),
    );
  }

  /** Divides all logits by a temperature above 0. */
  divide(temperature: number): void {
    const r = 1 / temperature;
    this.#most = greatestPowerSum(this.#most, this.#ceiling, this.#floor, this.#count, r);
    this.#least = Math.min(this.#most, leastPowerSum(this.#least, this.#ceiling, this.#count, r));
    this.#ceiling **= r;
    this.#floor **= r;
    this.#ref *= r;
    for (const token of this.#tokens) token.logit *= r;
  }

  /** Keeps the k best. @param ties whether all that tie with the k-th stay */
  keepBest(k: number, ties: boolean): void {
    const all = this.#tokens.length;
    const safe = this.#safe().tokens;
    this.#decide(ties, ({ before }) => ({
      certain: before.tokens + before.unlisted < k,
      possible: before.certain < k,
    }));
    if (safe >= k) this.#removeUnlisted();
    else {
      if (k - all < this.#count) this.#least *= Math.max(0, k - all) / this.#count;
      // Any number of them may tie with the k-th.
      if (ties || k - safe >= this.#count) return;
      this.#count = k - safe;
      this.#most = Math.min(this.#most, this.#count * this.#ceiling);
    }
  }

  /** Keeps the shortest prefix with probability p, and at least `minKeep` tokens. */
  keepMass(p: number, minKeep: number): void {
    const sums = this.#sums();
    const least = p * (sums.least + this.#least) * (1 - SLACK);
    const most = p * (sums.most + this.#most) * (1 + SLACK);
    const safe = this.#safe();
    const unlisted = this.#most;
    this.#decide(false, ({ before }) => {
      const reached = before.weight + (before.unlisted > 0 ? unlisted : 0);
      const kept = spared(before, minKeep);
      return {
        certain: kept.certain || reached < least,
        possible: kept.possible || before.certainWeight < most,
      };
    });
    if (safe.weight >= most) this.#removeUnlisted(minKeep - safe.tokens);
    else {
      const room = Math.max(most - safe.weight + this.#ceiling, (minKeep - safe.tokens) * this.#ceiling);
      this.#most = Math.min(this.#most, room);
      this.#least = Math.max(0, Math.min(this.#least, least - sums.most));
    }
  }

  /**
   * Keeps the tokens whose weight is at least a threshold, and at least `minKeep` tokens.
   * @param threshold of the sum of all weights, of the sum of their squares, and of the largest weight; as each of
   * these rises, it only rises or only falls
   * @param ties whether all that tie with the last of these stay
   */
  keepFrom(
    threshold: (total: number, squares: number, largest: number) => number,
    minKeep: number,
    ties = false,
  ): void {
    const safe = this.#safe();
    const [low, high] = this.#between(threshold);
    this.#decide(ties, ({ weight, before }) => {
      const kept = spared(before, minKeep);
      return { certain: kept.certain || weight >= high, possible: kept.possible || weight >= low };
    });
    if (this.#ceiling < low) {
      const staying = minKeep - safe.tokens;
      this.#removeUnlisted(ties && staying > 0 ? this.#count : staying);
    } else if (high > this.#floor) {
      this.#least = Math.max(0, this.#least - this.#count * high);
      if (minKeep <= safe.tokens) this.#floor = Math.max(this.#floor, low);
    }
  }

  #between(
    threshold: (total: number, squares: number, largest: number) => number,
  ): [low: number, high: number] {
    const sums = this.#sums();
    const weights = this.#tokens.map((token) => this.#weight(token));
    const certain = weights.filter((_, i) => this.#tokens[i]!.certain);
    const squares = (of: readonly number[]): number => sum(of.map((weight) => weight ** 2));
    const spread = this.#count > 0 ? this.#least ** 2 / this.#count : 0;
    const ends = {
      total: [sums.least + this.#least, sums.most + this.#most],
      squares: [squares(certain) + spread, squares(weights) + this.#most * this.#ceiling],
      largest: [certain[0] ?? 0, Math.max(weights[0] ?? 0, this.#most > 0 ? this.#ceiling : 0)],
    };
    // An unlisted token is no better than a listed one that none exceeds.
    if (this.#tokens.some((token) => token.certain && this.#isUnexceeded(this.#weight(token))))
      ends.largest[1] = weights[0]!;
    const corners = ends.total.flatMap((total) =>
      ends.squares.flatMap((square) => ends.largest.map((largest) => threshold(total, square, largest))),
    );
    return [Math.min(...corners) * (1 - SLACK), Math.max(...corners) * (1 + SLACK)];
  }

  /**
   * Takes new logits of the listed tokens, -Infinity for those that are removed.
   * @param lowered unlisted tokens that have lost weight or are removed
   * @param left unlisted tokens that are not removed
   */
  change(logitOf: (id: number) => number, lowered: number, left: number): void {
    for (const token of this.#tokens) token.logit = logitOf(token.id);
    this.#tokens = this.#tokens.filter(({ logit }) => logit > -Infinity);
    this.#sort();
    if (left === 0) this.#removeUnlisted();
    else if (lowered > 0) {
      this.#least = Math.max(0, this.#least - lowered * this.#ceiling);
      this.#floor = 0;
      this.#count = Math.min(this.#count, left);
      this.#most = Math.min(this.#most, this.#count * this.#ceiling);
    }
  }

  #weight({ logit }: ListedToken): number {
    return Math.exp(logit - this.#ref);
  }

  /** No unlisted token is more probable. */
  #isUnexceeded(weight: number): boolean {
    return this.#most === 0 || weight >= Math.min(this.#ceiling, this.#most) * (1 - SLACK);
  }

  /** No unlisted token comes before it: none is even as probable. */
  #isSafe(weight: number): boolean {
    return this.#most === 0 || weight > Math.min(this.#ceiling, this.#most) * (1 + SLACK);
  }

  /** The certain tokens that no unlisted one comes before. */
  #safe(): { readonly tokens: number; readonly weight: number } {
    const weights = this.#tokens.filter(({ certain }) => certain).map((token) => this.#weight(token));
    const safe = weights.filter((weight) => this.#isSafe(weight));
    return { tokens: safe.length, weight: sum(safe) };
  }

  #sums(): { readonly least: number; readonly most: number } {
    const most = sum(this.#tokens.map((token) => this.#weight(token)));
    const least = sum(this.#tokens.filter(({ certain }) => certain).map((token) => this.#weight(token)));
    return { least, most };
  }

  /** Removes tokens, or makes them uncertain. @param ties whether equal tokens come before none of each other */
  #decide(
    ties: boolean,
    of: (place: { readonly weight: number; readonly before: Before }) => {
      certain: boolean;
      possible: boolean;
    },
  ): void {
    const left: ListedToken[] = [];
    let running = { tokens: 0, certain: 0, weight: 0, certainWeight: 0 };
    let before = running;
    let last = Infinity;
    for (const token of this.#tokens) {
      if (!ties || token.logit < last) before = running;
      last = token.logit;
      const weight = this.#weight(token);
      const isFirst = ties ? this.#isUnexceeded(weight) : this.#isSafe(weight);
      const unlisted = isFirst ? 0 : this.#count;
      const { certain, possible } = of({ weight, before: { ...before, unlisted } });
      if (possible) left.push({ ...token, certain: token.certain && certain });
      const { tokens, weight: all, ...sure } = running;
      running = {
        tokens: tokens + 1,
        weight: all + weight,
        certain: sure.certain + (token.certain ? 1 : 0),
        certainWeight: sure.certainWeight + (token.certain ? weight : 0),
      };
    }
    this.#tokens = left;
  }

  /** @param staying how many may stay all the same */
  #removeUnlisted(staying = 0): void {
    this.#least = 0;
    if (staying > 0) this.#most = Math.min(this.#most, staying * this.#ceiling);
    else this.#most = this.#count = 0;
  }

  #sort(): void {
    this.#tokens.sort((a, b) => b.logit - a.logit || a.id - b.id);
  }
}

/** What comes before a token. */
interface Before {
  /** Listed ones, and their weight. */
  readonly tokens: number;
  readonly weight: number;
  /** Those of them that are there for certain, and their weight. */
  readonly certain: number;
  readonly certainWeight: number;
  /** How many unlisted ones may. */
  readonly unlisted: number;
}

function spared(
  { tokens, certain, unlisted }: Before,
  minKeep: number,
): { certain: boolean; possible: boolean } {
  return { certain: tokens + unlisted < minKeep, possible: certain < minKeep };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
