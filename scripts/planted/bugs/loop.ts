import type { Bug, Catcher } from '../bug.ts'

const FEED = 'src/adapters/rpc/feed.ts'
const KEEPER = 'src/app/keeper.ts'
const feed = (title: string): Catcher => ({ file: 'test/adapters/rpc-feed.test.ts', title })
const keeper = (title: string): Catcher => ({ file: 'test/app/keeper.test.ts', title })

/** From the node to the signature. */
export const LOOP_BUGS: readonly Bug[] = [
  {
    id: 'no-parent-hash',
    what: 'A block is taken for the next one whatever its parent',
    file: FEED,
    changes: [
      ['return head.parentHash === tip.hash', 'return true'],
      ['gap <= BLOCK_BY_BLOCK && header.parentHash !== from.hash', 'gap > gap'],
    ],
    caughtBy: feed('rolls 1 back, and goes on with the other branch'),
  },
  {
    id: 'logs-by-number',
    what: 'Logs are asked for by number, not by hash',
    file: FEED,
    changes: [['at: { blockHash: header.hash } })', 'at: { fromBlock: header.number, toBlock: header.number } })']],
    caughtBy: feed('never takes the silence of the block that came in its place for its own'),
  },
  {
    id: 'orphan-insisted-on',
    what: 'A head that was orphaned while it was being reached is gone back from again and again',
    file: FEED,
    changes: [['if (depth === 0) throw', 'if (depth < 0) throw']],
    caughtBy: feed('goes over to another branch in the middle of a stretch, and asks for the head anew'),
  },
  {
    id: 'gap-not-confirmed',
    what: 'After a long gap nobody asks whether its last block is still there',
    file: FEED,
    changes: [['if ((await getHeader(rpc, header.number))?.hash !== header.hash)', 'if (header.number < 0n)']],
    caughtBy: feed('applies nothing of a long gap whose last block was replaced meanwhile'),
  },
  {
    id: 'bloom-one-filter',
    what: 'A block is called empty by the first of several filters',
    file: 'src/adapters/rpc/filters.ts',
    changes: [['filters.some(', 'filters.slice(0, 1).some(']],
    caughtBy: { file: 'test/adapters/rpc-filters.test.ts', title: 'never call a block empty that holds a log of ours' },
  },
  {
    id: 'released-unread',
    what: 'A market that differed is trusted again without having been read anew',
    file: 'src/core/trust.ts',
    changes: [['difference.rereads > 0 && ', '']],
    caughtBy: {
      file: 'test/core/trust.test.ts',
      title: 'is released by an exact audit after a reading, never before one',
    },
  },
  {
    id: 'totals-not-compared',
    what: 'An audit passes although a reserve’s total debt differs',
    file: 'src/app/audit.ts',
    changes: [
      [
        'mismatched === 0 && reserves.every((reserve) => reserve.sumScaledDebt === reserve.scaledTotalSupply)',
        'mismatched === 0 && reserves.length >= 0',
      ],
    ],
    caughtBy: { file: 'test/app/audit.test.ts', title: 'is not exact when a total differs by one' },
  },
  {
    id: 'proof-skipped',
    what: 'A market may be sent for before it was compared with the chain',
    file: KEEPER,
    changes: [["  if (!state.proven.has(book.name)) return refuse(one, 'market-unproven', '')\n", '']],
    caughtBy: keeper('is refused without a quote: market-unproven'),
  },
  {
    id: 'proof-outlives-upgrade',
    what: 'An upgrade of the pool leaves the market proven',
    file: KEEPER,
    changes: [['if (touched.all) state.proven.delete(book.name)', '']],
    caughtBy: keeper('is to be proven again after a page that changed everybody'),
  },
  {
    id: 'sent-before-written',
    what: 'A transaction leaves before it is in the store',
    file: 'src/adapters/executor/submit.ts',
    changes: [
      [
        'record(market, facts.block, outcome, () => options.store.saveIntent(intent))\n    await broadcast(intent)',
        'await broadcast(intent)\n    record(market, facts.block, outcome, () => options.store.saveIntent(intent))',
      ],
    ],
    caughtBy: {
      file: 'test/adapters/executor-send.test.ts',
      title: 'has nonce, hash, bytes and the "sent" entry in the store before the bytes leave',
    },
  },
  {
    id: 'pages-dropped-first',
    what: 'A rollback drops the stored pages before anything else: a crash in between hides it',
    file: KEEPER,
    changes: [
      [
        "  journal.add(entry(options, '', to, 'rollback'",
        "  store.dropPagesAbove(state.chainId, to.number)\n  journal.add(entry(options, '', to, 'rollback'",
      ],
    ],
    caughtBy: keeper('drops the pages last: a crash before that is found again by the orphans'),
  },
]
