%% There is one node; nothing speaks to another.
-module(net_kernel).
-export([dflag_unicode_io/1, monitor_nodes/1, monitor_nodes/2]).

%% The group leader is always on this node.
dflag_unicode_io(_Pid) -> true.

%% No other node comes or goes; what is asked for is still looked at.
monitor_nodes(Is) -> monitor_nodes(Is, []).

monitor_nodes(Is, _) when not is_boolean(Is) -> error;
monitor_nodes(_, Options) when is_map(Options) ->
    checked(maps:to_list(Options), maps:without([connection_id, node_type, nodedown_reason], Options), #{});
monitor_nodes(_, Options) when is_list(Options) ->
    checked(Options, [Option || Option <- Options, not is_known(Option)], []);
monitor_nodes(_, Options) -> {error, {invalid_options, Options}}.

is_known({node_type, _}) -> true;
is_known(Option) -> Option =:= connection_id orelse Option =:= nodedown_reason.

checked(Options, None, None) ->
    case [Option || {node_type, Type} = Option <- Options, not lists:member(Type, [visible, hidden, all])] of
        [] -> ok;
        [Option | _] -> {error, {bad_option_value, Option}}
    end;
checked(_, Unknown, _) ->
    {error, {unknown_options, Unknown}}.
