import 'uplot/dist/uPlot.min.css';
import '../shared/style.css';
import './style.css';
import { startPage } from '../shared/page';
import { ExperimentsPanel } from './panel';

startPage((app) => {
  new ExperimentsPanel(app);
});
