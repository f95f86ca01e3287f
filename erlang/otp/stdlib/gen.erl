%% An operator of AtomVM's sends to no alias, so answers go through a function. AtomVM cannot tell what a process is, so
%% supervisors are noted when they start.
-module(gen).
-export([reply/2]).

reply({_, [alias | Alias] = Tag}, Reply) when is_reference(Alias) -> answer(Alias, {Tag, Reply});
reply({_, [[alias | Alias] | _] = Tag}, Reply) when is_reference(Alias) -> answer(Alias, {Tag, Reply});
reply({To, Tag}, Reply) ->
    try answer(To, {Tag, Reply})
    catch _:_ -> ok
    end.

answer(To, Message) ->
    _ = erlang:send(To, Message),
    ok.

%% The one place that every server passes with the name of its module, which may lie in a folder of the path.
init_it2(GenMod, Starter, Parent, Name, Mod, Args, Options) ->
    _ = is_atom(Mod) andalso code:ensure_loaded(Mod),
    case {Mod, Args} of
        {supervisor, {_, Callback, _}} -> supervisor_keeper:note(Callback);
        _ -> ok
    end,
    GenMod:init_it(Starter, Parent, Name, Mod, Args, Options).
