%% What a process has to know of a table to use it. `kind` says who knows its keys: `walked` is AtomVM's own table,
%% `kept` the keeper.
-record(table, {tab, native, kind, type, keypos, protection, owner, tid, name, fixes = 0}).
