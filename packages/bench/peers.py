"""hftbacktest on the same rows, for the benchmark.

`peers.py FILE PASSES` loads barter JSON Lines (plain or gzipped), repeats them PASSES times, compiles its loops, and then
answers each line on its standard input (`events` or `orders`) with one line of JSON: {"seconds", "events", "note"}.

`events` counts rows of the sample, as for every other engine: hftbacktest takes a best quote as up to four level updates
(the old best removed, the new one set, on each side), and wakes its strategy once for those of one moment.
"""

import gzip
import json
import sys
import time
from datetime import datetime, timezone

import numpy as np
from hftbacktest import (
    BUY_EVENT, DEPTH_EVENT, EXCH_EVENT, GTC, LIMIT, LOCAL_EVENT, MARKET, SELL_EVENT, TRADE_EVENT, BacktestAsset, HashMapMarketDepthBacktest,
)
from hftbacktest.types import event_dtype
from numba import njit

# What one pass of the tiled sample lies behind the one before.
PERIOD_NS = 185_000_000_000
TICKS = (0.01, 0.01, 0.01)
LOTS = (1e-5, 1e-4, 1e-3)
SIZES = (0.001, 0.01, 0.1)
# Rows from one order to the next.
EVERY = 50
BOTH = EXCH_EVENT | LOCAL_EVENT


def nanos(text):
    """An RFC 3339 time with up to nine decimals, in UTC, as nanoseconds."""
    whole, _, rest = text.rstrip('Z').partition('.')
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=timezone.utc).timestamp())
    return seconds * 1_000_000_000 + int(rest.ljust(9, '0') or 0)


def load(path):
    """Level updates and prints of each instrument, in the order of arrival, which counts as exchange time too; and how many rows they are."""
    updates = ([], [], [])
    best = [[None, None] for _ in updates]
    rows = 0
    with (gzip.open if path.endswith('.gz') else open)(path, 'rt') as lines:
        for line in lines:
            item = json.loads(line)['Item']
            asset, when = item['instrument'], nanos(item['time_received'])
            rows += 1
            out = updates[asset]
            if 'Trade' in item['kind']:
                trade = item['kind']['Trade']
                side = BUY_EVENT if trade['side'] == 'Buy' else SELL_EVENT
                out.append((TRADE_EVENT | side | BOTH, when, when, float(trade['price']), float(trade['amount']), 0, 0, 0.0))
                continue
            quote = item['kind']['OrderBookL1']
            levels = [(quote[name], flag) for name, flag in (('best_bid', BUY_EVENT), ('best_ask', SELL_EVENT))]
            # What leaves goes first, on both sides: so no book is ever crossed.
            for side, (level, flag) in enumerate(levels):
                price = level and float(level['price'])
                if best[asset][side] is not None and best[asset][side] != price:
                    out.append((DEPTH_EVENT | flag | BOTH, when, when, best[asset][side], 0.0, 0, 0, 0.0))
                best[asset][side] = price
            for level, flag in levels:
                if level:
                    out.append((DEPTH_EVENT | flag | BOTH, when, when, float(level['price']), float(level['amount']), 0, 0, 0.0))
    tables = [np.sort(np.array(out, event_dtype), order='local_ts', kind='stable') for out in updates]
    return tables, rows


def tile(table, passes):
    tiled = np.tile(table, passes)
    shift = np.repeat(np.arange(passes, dtype=np.int64) * PERIOD_NS, len(table))
    tiled['exch_ts'] += shift
    tiled['local_ts'] += shift
    return tiled


def build(tables):
    """A fresh back-test: nothing of it is timed."""
    assets = [
        BacktestAsset().data(table).linear_asset(1.0).constant_order_latency(100_000_000, 0).risk_adverse_queue_model()
        .no_partial_fill_exchange().trading_value_fee_model(0.001, 0.001).tick_size(tick).lot_size(lot)
        for table, tick, lot in zip(tables, TICKS, LOTS)
    ]
    return HashMapMarketDepthBacktest(assets)


@njit
def events(hbt):
    """Reads prices, position and time whenever something has arrived."""
    woken = 0
    seen = 0.0
    while hbt.wait_next_feed(True, 3_600_000_000_000) > 1:
        woken += 1
        depth = hbt.depth(0)
        seen += (depth.best_ask - depth.best_bid) * hbt.position(0) + hbt.current_timestamp * 1e-18
    return woken, seen


@njit
def orders(hbt):
    """The same with an order every so often: a limit order at the own side's best, later its cancel and a market order."""
    woken = 0
    sent = 0
    resting = 0
    asset = 0
    while hbt.wait_next_feed(True, 3_600_000_000_000) > 1:
        woken += 1
        if woken % EVERY != 0:
            continue
        depth = hbt.depth(asset)
        if not (depth.best_bid > 0.0 and depth.best_ask > depth.best_bid):
            continue
        sent += 1
        is_buying = (sent // 2) % 2 == 0
        if sent % 2 == 1:
            resting = sent
            price = depth.best_bid if is_buying else depth.best_ask
            if is_buying:
                hbt.submit_buy_order(asset, sent, price, SIZES[asset], GTC, LIMIT, False)
            else:
                hbt.submit_sell_order(asset, sent, price, SIZES[asset], GTC, LIMIT, False)
            continue
        open_orders = hbt.orders(asset)
        if resting in open_orders and open_orders.get(resting).cancellable:
            hbt.cancel(asset, resting, False)
        if is_buying:
            hbt.submit_buy_order(asset, sent, depth.best_ask, SIZES[asset], GTC, MARKET, False)
        else:
            hbt.submit_sell_order(asset, sent, depth.best_bid, SIZES[asset], GTC, MARKET, False)
        hbt.clear_inactive_orders(asset)
        asset = (asset + 1) % 3
    return woken, sent


def main():
    path, passes = sys.argv[1], int(sys.argv[2])
    once, rows = load(path)
    tables = [tile(table, passes) for table in once]
    updates = sum(len(table) for table in tables)
    for line in sys.stdin:
        hbt = build(tables)
        start = time.perf_counter()
        if line.strip() == 'events':
            woken, _ = events(hbt)
            note = f'{woken:,} wake-ups for {updates:,} events of its own'
        else:
            woken, sent = orders(hbt)
            note = f'{sent:,} orders, {woken:,} wake-ups for {updates:,} events of its own'
        seconds = time.perf_counter() - start
        hbt.close()
        print(json.dumps({'seconds': seconds, 'events': rows * passes, 'note': note}), flush=True)


main()
