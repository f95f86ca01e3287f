%% `--` of long lists. The native compares each element with each, during which nothing else runs; here both are sorted
%% and gone through together.
-module(erlang_subtract).
-export([lists/2]).

%% So many comparisons are left to the native.
-define(FEW, 2_000).

lists(From, What) ->
    try length(From) * length(What) of
        Count when Count =< ?FEW -> eRlang:'--'(From, What);
        _ -> without(From, 1, lists:sort(places(numbered(From), lists:sort(What))))
    catch
        error:_ -> error(badarg)
    end.

%% Each element with its place, in order; equal ones by their place.
numbered(List) -> lists:sort(lists:zip(List, lists:seq(1, length(List)))).

%% The places of what is taken away.
places([{One, _} | _] = From, [Other | _] = What) when One == Other ->
    {Some, From1} = lists:splitwith(fun({Element, _}) -> Element == One end, From),
    {Taken, What1} = lists:splitwith(fun(Element) -> Element == One end, What),
    first_places(Some, Taken) ++ places(From1, What1);
places([{One, _} | From], [Other | _] = What) when One < Other -> places(From, What);
places([_ | _] = From, [_ | What]) -> places(From, What);
places(_, _) -> [].

%% Of elements that are equal to each other: 1 is not taken away for 1.0.
first_places(Some, [One | _] = Taken) ->
    {Same, Others} = lists:partition(fun(Element) -> Element =:= One end, Taken),
    {Fitting, Rest} = lists:partition(fun({Element, _}) -> Element =:= One end, Some),
    [Place || {_, Place} <- lists:sublist(Fitting, length(Same))] ++ first_places(Rest, Others);
first_places(_, []) ->
    [].

without([_ | List], Place, [Place | Places]) -> without(List, Place + 1, Places);
without(List, _, []) -> List;
without([Element | List], Place, Places) -> [Element | without(List, Place + 1, Places)].
