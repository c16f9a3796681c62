import { ref, type Ref } from 'vue';

/** Work that comes in batches and is done one after the other, in the order in which it came. */
export class BatchQueue<Batch> {
  /** Batches behind the one at work. */
  readonly waiting: Ref<number> = ref(0);
  /** Whether one is at work. */
  readonly busy: Ref<boolean> = ref(false);
  readonly #work: (batch: Batch) => Promise<void>;
  #batches: Batch[] = [];

  /** `work` reports its failures itself: it never rejects. */
  constructor(work: (batch: Batch) => Promise<void>) {
    this.#work = work;
  }

  add(batch: Batch): void {
    this.#batches.push(batch);
    this.waiting.value = this.#batches.length;
    if (!this.busy.value) void this.#run();
  }

  /** Lets go of what waits; the batch at work is its owner's to end. */
  clear(): void {
    this.#batches = [];
    this.waiting.value = 0;
  }

  async #run(): Promise<void> {
    this.busy.value = true;
    for (let batch = this.#batches.shift(); batch !== undefined; batch = this.#batches.shift()) {
      this.waiting.value = this.#batches.length;
      await this.#work(batch);
    }
    this.busy.value = false;
  }
}
