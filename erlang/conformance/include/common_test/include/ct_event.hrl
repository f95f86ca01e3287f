%% An event of Common Test.
-record(event, {name, node, data}).
