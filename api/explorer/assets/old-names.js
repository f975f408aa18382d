// GraphiQL 4.1 has a new name for one hook that the explorer plugin 1.0.2 asks for by the old one. Loaded between them.
'use strict';

const { React: hooks } = GraphiQL;
GraphiQL.React = { ...hooks, useSchemaContext: () => hooks.useSchemaStore() };
