%% AtomVM has no aliases: an answer goes to the process that asked. It cannot tell what a process is, so supervisors
%% are noted when they start.
-module(gen).
-export([reply/2]).

reply({To, Tag}, Reply) ->
    To ! {Tag, Reply},
    ok.

%% The one place that every server passes with the name of its module.
init_it2(GenMod, Starter, Parent, Name, Mod, Args, Options) ->
    case {Mod, Args} of
        {supervisor, {_, Callback, _}} -> supervisor_keeper:note(Callback);
        _ -> ok
    end,
    GenMod:init_it(Starter, Parent, Name, Mod, Args, Options).
