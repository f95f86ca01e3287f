%% There is one node; nothing speaks to another.
-module(net_kernel).
-export([dflag_unicode_io/1]).

%% The group leader is always on this node.
dflag_unicode_io(_Pid) -> true.
