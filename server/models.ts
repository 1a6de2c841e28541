import { ModelInspector } from '../engine/inspect';
import type { Extension } from './context';
import { abortWith, onRequest } from './requests';

/** What is in model files, for the ONNX editor and for the graphs of the Match panel. */
export const models: Extension = (connection, context) => {
  const inspector = new ModelInspector();
  onRequest(connection, 'matchdown/model/read', ({ file }) => inspector.read(file, context.schemeText(file)));
  onRequest(connection, 'matchdown/model/graph', (question) => inspector.outline(question));
  onRequest(connection, 'matchdown/model/shapes', (question) => inspector.shapes(question));
  onRequest(connection, 'matchdown/model/node', (question) => inspector.details(question));
  onRequest(connection, 'matchdown/model/tensor', (question, token) =>
    inspector.statistics(question, abortWith(token)),
  );
};
