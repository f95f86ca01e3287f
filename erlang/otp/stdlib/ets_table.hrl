%% What a process has to know of a table to use it. `kind` says who knows its keys: `walked` is AtomVM's own table,
%% `ordered` one of AtomVM's with rows in the place of objects (see ets_order), `kept` one whose keys the keeper has.
%% `is_followed` says of an ordered one whether the keeper wants to hear of keys that change.
-record(table, {tab, native, kind, type, keypos, protection, owner, tid, name, fixes = 0, is_followed = false}).
