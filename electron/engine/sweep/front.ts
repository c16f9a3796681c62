/** One setting's score, where more is better, and its cost, where less is. */
export interface Trade {
  setting: number;
  score: number;
  cost: number;
}

/** Settings that no other beats: none has a score at least as high at a cost at most as high, one of the two strictly. By rising cost. */
export function paretoFront(trades: readonly Trade[]): number[] {
  const sorted = [...trades].sort((a, b) => a.cost - b.cost || b.score - a.score);
  let best = -Infinity;
  let cost = -Infinity;
  return sorted
    .filter((trade) => {
      const isTwin = trade.score === best && trade.cost === cost;
      if (trade.score <= best && !isTwin) return false;
      best = trade.score;
      cost = trade.cost;
      return true;
    })
    .map(({ setting }) => setting);
}
