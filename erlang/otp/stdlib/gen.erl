%% AtomVM has no aliases: an answer goes to the process that asked.
-module(gen).
-export([reply/2]).

reply({To, Tag}, Reply) ->
    To ! {Tag, Reply},
    ok.
