%% Language features: the defaults of OTP 27, since no command line could change them here. OTP keeps them in
%% persistent terms; constants are shorter.
-module(erl_features).
-export([all/0, enabled/0, info/1, keywords/0]).

%% The scanner asks for every atom.
keywords() -> ['maybe', 'else'].

enabled() -> [maybe_expr].

all() -> lists:sort(maps:keys(feature_specs())).

info(Feature) ->
    case feature_specs() of
        #{Feature := Info} -> Info;
        #{} -> error(invalid_feature, [Feature])
    end.
