//! Latency, lost answers, lost connections, forced refusals.

use crate::harness::run;

const LATENCY: &str = r#""latency":"10ms""#;

#[test]
fn under_latency_an_order_is_in_flight_until_the_clock_has_moved() {
    run(
        LATENCY,
        "
        ticker 99 101
        a buy 3@100
        a state 0           -> InFlight 0/3
        a open              ->
        advance 5
        a state 0           -> Open 0/3                 # the exchange has it, the client does not know yet
        a seen 0            -> waits
        advance 5           -> a0 Open 0/3
        a seen 0            -> Open 0/3
        a cancel 0
        a seen 0            -> waits
        ticker 90 92        -> 
        advance 4
        advance 1           -> a0 maker 3@100
        advance 5           -> a0 kept OrderAlreadyFullyFilled
        a seen 0            -> Filled 3/3
        ",
    );
}

#[test]
fn an_order_in_flight_can_be_cancelled() {
    run(
        LATENCY,
        "
        a buy 3@100
        a cancel mock-0
        advance 5
        advance 5           -> a0 Cancelling 0/3, a0 cancelled
        ",
    );
}

#[test]
fn a_time_out_ends_nothing() {
    run(
        "",
        "
        fail timeout
        a buy 3@100         -> a! failNext timeout mock-0, a0 Unknown 0/3
        a state 0           -> Unknown 0/3
        a open              ->
        a seen 0            -> waits
        a disconnect        -> a! disconnect, a reconnecting
        a reconnect         -> a! reconnect, a snapshot 0, a0 Failed(Timeout) 0/3
        a seen 0            -> Failed(Timeout) 0/3
        fail timeout
        a buy 3@100         -> a! failNext timeout mock-1, a1 Unknown 0/3
        a cancel 1          -> a1 kept OrderUnknown
        a seen 1            -> Failed(Timeout) 0/3
        ",
    );
}

#[test]
fn after_its_effect_the_order_is_there() {
    run(
        "",
        "
        fail timeout after
        a buy 3@100         -> a! failNext timeout after its effect mock-0, a0 Unknown 0/3
        a open              -> mock-0
        a free USDT         -> 9700
        b sell 1@100        -> a0 maker 1@100, b1 Open 0/1, b1 taker 1@100       # an event settles it
        a seen 0            -> Open 1/3
        fail timeout after
        a buy 3@100         -> a! failNext timeout after its effect mock-2, a2 Unknown 0/3
        b sell 5@100        -> a0 maker 2@100, a2 maker 3@100, b3 Open 0/5, b3 taker 2@100, b3 taker 3@100
        fail timeout after
        a buy 1@50          -> a! failNext timeout after its effect mock-4, a4 Unknown 0/1
        a disconnect        -> a! disconnect, a reconnecting
        a reconnect         -> a! reconnect, a snapshot 1
        a seen 4            -> Open 0/1
        fail timeout after
        a cancel 4          -> a! failNext timeout after its effect mock-4
        a state 4           -> Cancelled 0/1
        a seen 4            -> waits
        a disconnect        -> a! disconnect, a reconnecting
        a reconnect         -> a! reconnect, a snapshot 0, a4 Cancelled 0/1
        ",
    );
}

#[test]
fn a_broken_connection() {
    run(
        "",
        "
        a buy 3@100         -> a0 Open 0/3
        fail disconnect after
        a buy 2@99          -> a! failNext disconnect after its effect mock-1, a1 Unknown 0/2, a reconnecting
        a buy 1@98          -> a2 Failed(Socket) 0/1
        a cancel 0          -> a0 kept Socket
        b sell 3@100        -> b3 Open 0/3, b3 taker 3@100
        a reconnect         -> a! reconnect, a snapshot 1, a0 Filled 3/3
        a seen 1            -> Open 0/2
        fail disconnect
        a buy 2@99          -> a! failNext disconnect mock-4, a4 Failed(Socket) 0/2, a reconnecting
        a reconnect         -> a! reconnect, a snapshot 1
        ",
    );
}

#[test]
fn what_left_before_the_break_arrives() {
    run(
        LATENCY,
        "
        a buy 3@100
        a buy 1@99
        advance 5
        a disconnect        -> a! disconnect, a reconnecting
        advance 10
        a seen 0            -> waits
        a reconnect         -> a! reconnect, a snapshot 2
        a seen 0            -> Open 0/3
        a buy 1@98
        a disconnect        -> a! disconnect, a reconnecting
        a reconnect         -> a! reconnect, a snapshot 2
        a seen 2            -> waits                     # it is still on its way
        advance 10          -> a2 Open 0/1
        ",
    );
}

#[test]
fn what_was_on_its_way_to_the_client_is_lost() {
    run(
        LATENCY,
        "
        a buy 3@100
        a disconnect        -> a! disconnect, a reconnecting
        a state 0           -> Unknown 0/3
        a reconnect         -> a! reconnect, a snapshot 0
        advance 5
        a disconnect        -> a! disconnect, a reconnecting
        a reconnect         -> a! reconnect, a snapshot 1
        advance 20
        a seen 0            -> Open 0/3
        ",
    );
}

#[test]
fn requests_arrive_in_the_order_in_which_they_were_sent() {
    run(
        r#""latency":{"open":"10ms","cancel":"1ms","response":"0ms"}"#,
        "
        a buy 3@100
        a cancel 0
        advance 9
        advance 1           -> a0 Cancelling 0/3, a0 cancelled
        ",
    );
}

#[test]
fn refusals_without_effect() {
    run(
        "",
        "
        fail rateLimit
        a buy 3@100         -> a! failNext rateLimit mock-0, a0 Failed(RateLimit) 0/3
        fail exchangeOffline
        a buy 3@100         -> a! failNext exchangeOffline mock-1, a1 Failed(ExchangeOffline(\"mock\")) 0/3
        fail rateLimit after -> error INVALID_ARGUMENT afterEffect
        fail tiredness      -> error UNKNOWN_NAME
        a buy 3@100         -> a2 Open 0/3
        fail rateLimit
        a cancel 2          -> a! failNext rateLimit mock-2, a2 kept RateLimit
        a seen 2            -> Open 0/3
        reject QuantityOutOfRange 2
        a buy 1@1           -> a! rejectNext QuantityOutOfRange mock-3, a3 Failed(QuantityOutOfRange) 0/1
        a cancel 2          -> a2 cancelled              # only orders are refused with this code
        b buy 1@1           -> b! rejectNext QuantityOutOfRange b-4, b4 Failed(QuantityOutOfRange) 0/1
        b buy 1@1           -> b5 Open 0/1
        reject OrderUnknown
        b cancel 5          -> b! rejectNext OrderUnknown b-5, b5 kept OrderUnknown
        b seen 5            -> Open 0/1
        reject BalanceInsufficient
        b buy 1@1           -> b! rejectNext BalanceInsufficient b-6, b6 Failed(BalanceInsufficient USDT ) 0/1
        reject Whim         -> error UNKNOWN_NAME code
        ",
    );
}

#[test]
fn late_and_double_acknowledgements() {
    run(
        "",
        "
        late 20
        a buy 3@100         -> a! acknowledgement 20000000 ns late mock-0
        a seen 0            -> waits
        b sell 1@100        -> a0 maker 1@100, b1 Open 0/1, b1 taker 1@100       # the fill comes first
        a seen 0            -> Open 1/3
        advance 20          -> a0 Open 0/3
        a seen 0            -> Open 1/3
        twice
        a buy 1@90          -> a! duplicate acknowledgement mock-2, a2 Open 0/1, a2 Open 0/1
        a buy 1@90          -> a3 Open 0/1
        ",
    );
}

#[test]
fn what_was_said_while_there_was_no_connection_is_in_the_snapshot_and_in_nothing_else() {
    run(
        r#""latency":"10ms""#,
        "
        b sell 1@100
        advance 20          -> b0 Open 0/1
        a buy 2@100
        a disconnect        -> a! disconnect, a reconnecting
        advance 6           # it arrives and trades; what is said of that is on its way
        a reconnect         -> a! reconnect, a snapshot 1
        a seen 1            -> Open 1/2
        advance 20          -> b0 maker 1@100
        ",
    );
}
