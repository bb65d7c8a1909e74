declare module 'late-packages';
