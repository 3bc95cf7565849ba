//! Ctrl-C, and the progress on a terminal.

use sandbox::{Effect, Fault, When};

use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::{Key, Terminal};

#[test]
fn ctrl_c_prints_the_results_so_far() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    account.sandbox.inject(Fault {
        when: When::Operation("GetBucketPolicy".to_owned()),
        effect: Effect::Delay(std::time::Duration::from_mins(5)),
    });
    account.sandbox.forget_requests();
    let terminal = Terminal::start(&account, "scan --regions us-east-1");
    terminal.waits_until("the destinations to be looked at", |screen| {
        let asked = account.sandbox.requests().iter().any(|request| request.operation == "GetBucketPolicy");
        asked
            && screen.contains("looking up every log of the account")
            && screen.contains("of the account: 0 of 2 destinations")
    });
    terminal.press(Key::CtrlC);
    let ended = terminal.wait_for_end().exited_with(130).says("interrupted; the report shows what was known by then");
    // Two logs go to destinations that were not read by then. All other logs are off.
    ended.says("its destination had not been read by then").says("24 off, 2 unknown");
}

#[test]
fn no_progress_is_shown_if_it_is_turned_off() {
    let account = Account::seeded();
    account.sandbox.set_latency(std::time::Duration::from_millis(20));
    let cases = [("scan --regions us-east-1 --no-progress", false), ("scan --regions us-east-1", true)];
    each_case(cases, |(words, shown)| {
        let terminal = Terminal::start(&account, words);
        terminal.shows("1 Region of account 111122223333");
        let sent = terminal.sent();
        assert_eq!(sent.contains("looking up"), shown, "{sent:?}");
        terminal.wait_for_end().exited_with(3);
    });
}

#[test]
fn ctrl_c_during_the_listing_prints_what_was_found() {
    let account = Account::seeded();
    account.sandbox.inject(Fault {
        when: When::OperationTimes("GetBucketLogging".to_owned(), 1),
        effect: Effect::Delay(std::time::Duration::from_mins(5)),
    });
    let terminal = Terminal::start(&account, "scan --regions us-east-1");
    // A kind of source is no longer shown after all its sources are read.
    let is_all_but_one = |screen: &str| screen.contains("8 of 9 buckets") && !screen.contains("of 4 load balancers");
    terminal.waits_until("all but one to be looked at", is_all_but_one);
    terminal.press(Key::CtrlC);
    let ended = terminal.wait_for_end().exited_with(130).says("interrupted; the report shows what was known by then");
    ended.says("access log of load balancer `legacy-web`").says("1 unknown");
}
