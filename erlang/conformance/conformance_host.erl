%% The reference: a suite on the host's OTP, a line of text for each case in a file.
-module(conformance_host).
-export([main/1]).

main([Suite, Data, Private, LimitMs, Out]) ->
    {ok, File} = file:open(Out, [write, {encoding, utf8}]),
    Module = list_to_atom(Suite),
    case conformance:open(Module, [{data_dir, Data}, {priv_dir, Private}]) of
        {ok, Session} ->
            Run = fun(Path, Before) ->
                Start = erlang:monotonic_time(millisecond),
                {Outcome, Detail, After} = conformance:run(Path, list_to_integer(LimitMs), Before),
                Ms = erlang:monotonic_time(millisecond) - Start,
                io:format(File, "~ts\t~ts\t~b\t~ts~n", [Path, Outcome, Ms, one_line(Detail)]),
                After
            end,
            lists:foldl(Run, Session, conformance:cases(Module));
        {error, Why} ->
            [io:format(File, "~ts\tskipped\t0\t~0tp~n", [Path, Why]) || Path <- conformance:cases(Module)]
    end,
    ok = file:close(File),
    erlang:halt(0).

one_line(Text) -> [case C of $\n -> $\s; $\t -> $\s; _ -> C end || C <- Text].
