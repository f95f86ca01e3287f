%% The module that the bench compiles: a hundred lines of ordinary Erlang.
-module(shop).
-behaviour(gen_server).
-export([start_link/0, stop/1, add/3, total/1, items/1, discount/2, report/1]).
-export([price/1, encode/1, decode/1, cheapest/1, summary/1, price_of/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-record(item, {name :: string(), price = 0 :: non_neg_integer(), count = 1}).
-record(state, {items = #{} :: map(), discount = 0, log = []}).
-define(LIMIT, 100).

start_link() -> gen_server:start_link(?MODULE, [], []).
stop(Shop) -> gen_server:stop(Shop).
add(Shop, Name, Price) -> gen_server:call(Shop, {add, Name, Price}).
total(Shop) -> gen_server:call(Shop, total).
items(Shop) -> gen_server:call(Shop, items).
discount(Shop, Percent) when Percent >= 0, Percent =< 100 -> gen_server:cast(Shop, {discount, Percent}).
report(Shop) -> [io:format("~s: ~p~n", [N, P]) || {N, P} <- items(Shop)].

init([]) ->
    process_flag(trap_exit, true),
    {ok, #state{}}.

handle_call({add, Name, Price}, _From, #state{items = Items} = S) when map_size(Items) < ?LIMIT ->
    Item = case Items of
        #{Name := #item{count = C} = I} -> I#item{count = C + 1, price = Price};
        _ -> #item{name = Name, price = Price}
    end,
    {reply, ok, log({added, Name}, S#state{items = Items#{Name => Item}})};
handle_call({add, _, _}, _From, S) ->
    {reply, {error, full}, S};
handle_call(total, _From, #state{items = Items, discount = D} = S) ->
    Sum = maps:fold(fun(_, #item{price = P, count = C}, Acc) -> Acc + P * C end, 0, Items),
    {reply, Sum * (100 - D) div 100, S};
handle_call(items, _From, #state{items = Items} = S) ->
    {reply, lists:sort([{N, P * C} || {N, #item{price = P, count = C}} <- maps:to_list(Items)]), S};
handle_call(_, _From, S) ->
    {reply, {error, unknown}, S}.

handle_cast({discount, Percent}, S) -> {noreply, log({discount, Percent}, S#state{discount = Percent})};
handle_cast(_, S) -> {noreply, S}.

handle_info({'EXIT', _Pid, Reason}, S) -> {noreply, log({exit, Reason}, S)};
handle_info(timeout, S) -> {noreply, S};
handle_info(Other, S) -> {noreply, log({other, Other}, S)}.

terminate(_Reason, #state{log = Log}) ->
    lists:foreach(fun({What, At}) -> io:format("~p at ~p~n", [What, At]) end, lists:reverse(Log)),
    ok.

log(What, #state{log = Log} = S) ->
    S#state{log = lists:sublist([{What, erlang:monotonic_time(millisecond)} | Log], 50)}.

%% Parsing of prices such as "12.50".
price(Text) ->
    case string:split(Text, ".") of
        [Whole, Cents] when length(Cents) =:= 2 ->
            {ok, list_to_integer(Whole) * 100 + list_to_integer(Cents)};
        [Whole] ->
            try {ok, list_to_integer(Whole) * 100}
            catch error:badarg -> {error, {bad_price, Text}}
            end;
        _ ->
            {error, {bad_price, Text}}
    end.

encode(#item{name = N, price = P, count = C}) ->
    Name = unicode:characters_to_binary(N),
    <<(byte_size(Name)):16, Name/binary, P:32, C:16>>.

decode(<<Size:16, Name:Size/binary, P:32, C:16, Rest/binary>>) ->
    [#item{name = unicode:characters_to_list(Name), price = P, count = C} | decode(Rest)];
decode(<<>>) ->
    [].

compare(#item{price = A}, #item{price = B}) when A < B -> less;
compare(#item{price = A}, #item{price = B}) when A > B -> more;
compare(_, _) -> same.

cheapest([First | Rest]) ->
    lists:foldl(fun(Item, Best) ->
        case compare(Item, Best) of
            less -> Item;
            _ -> Best
        end
    end, First, Rest);
cheapest([]) ->
    none.

%% A summary of what was sold, dearest first.
summary(Items) ->
    Sorted = lists:sort(fun(A, B) -> compare(A, B) =/= less end, Items),
    [summary_line(Item) || Item <- Sorted].

summary_line(#item{name = Name, price = Price, count = 1}) ->
    {Name, Price};
summary_line(#item{name = Name, price = Price, count = Count}) ->
    {Name, Price * Count, {each, Price}}.

%% What a customer pays for a list of names.
price_of(Names, Items) ->
    lists:sum([P || Name <- Names, #item{name = N, price = P} <- Items, N =:= Name]).
