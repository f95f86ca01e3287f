//! Forgetting, and taking it back: what was forgotten is kept by whoever asked, until they are sure.

use std::mem;

use crate::account::Account;
use crate::engine::Engine;
use crate::history::History;
use crate::operation::ROWS;
use crate::picture::Picture;

/// Everything an engine knew before a reset.
#[derive(Debug)]
pub struct Forgotten {
    accounts: Box<[Account]>,
    history: History,
    picture: Picture,
}

impl Engine {
    /// Forgets all samples and gives them away. Open roundtrips go on and count when they end; alerts
    /// find out at the next tick.
    pub fn reset(&mut self) -> Forgotten {
        let fresh = (0..ROWS).map(|_| Account::default()).collect();
        let mut accounts = mem::replace(&mut self.accounts, fresh);
        for (fresh, old) in self.accounts.iter_mut().zip(&mut accounts) {
            fresh.open = mem::take(&mut old.open);
        }
        Forgotten {
            accounts,
            history: mem::take(&mut self.history),
            picture: mem::take(&mut self.picture),
        }
    }

    /// Takes back what was forgotten; what came since is added to it, as if there had been no reset.
    pub fn remember(&mut self, forgotten: Forgotten) {
        for (new, old) in self.accounts.iter_mut().zip(forgotten.accounts) {
            let since = mem::replace(new, old);
            new.open = since.open;
            new.merge(since);
        }
        let since = mem::replace(&mut self.history, forgotten.history);
        self.history.merge(&since);
        let since = mem::replace(&mut self.picture, forgotten.picture);
        self.picture.merge(&since);
    }
}
